package main

import "context"

// claim mints what the first PIN can be set with. It asks no service: whoever
// may write into the state directory is an administrator.
func claim(_ context.Context, std stdio, args []string) error {
	f := flags(std, "claim", "let one program of any account set the PIN, once, within half an hour (administrators only)")
	dir := f.String("state", stateDir, "`DIR` that keeps the service's state")
	answer := f.String("answer", "", answerUsage)
	if _, err := parse(f, args); err != nil {
		return err
	}
	return answerAt(std, *answer, func(std stdio) error { return printClaim(std, *dir) })
}
