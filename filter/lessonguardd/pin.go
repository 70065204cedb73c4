package main

import (
	"context"
	"errors"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

func pinCommand(ctx context.Context, std stdio, args []string) error {
	if len(args) == 0 || args[0] != "set" {
		return errors.New("pin wants set: see lessonguardd help")
	}
	return pinSet(ctx, std, args[1:])
}

// pinSet reads everything from standard input: other accounts can see a command
// line.
func pinSet(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "pin set", "set or change the guardian's PIN")
	a.add(f)
	withClaim := f.Bool("claim", false, "prove it by a claim, read from standard input, and not by the old PIN")
	if _, err := parse(f, args); err != nil {
		return err
	}
	client := control.NewClient(a.path)
	s, err := client.Status(ctx)
	if err != nil {
		return a.failed(err)
	}
	var p filter.PINChange
	switch {
	case *withClaim:
		p.Claim, err = std.secret(ctx, "Claim")
	case s.PINSet:
		p.Old, err = std.secret(ctx, "Old PIN (an administrator may leave it empty)")
	}
	if err != nil {
		return err
	}
	if p.New, err = std.secret(ctx, "New PIN"); err != nil {
		return err
	}
	again, err := std.secret(ctx, "New PIN again")
	if err != nil {
		return err
	}
	if again != p.New {
		return errors.New("the two new PINs differ: nothing was changed")
	}
	if err := client.SetPIN(ctx, p); err != nil {
		if errors.Is(err, filter.ErrForbidden) {
			return errors.New("only an administrator may set the first PIN, or whoever has a claim: see lessonguardd claim --help")
		}
		return a.failed(err)
	}
	return a.show(std, struct{}{}, "the PIN is set\n")
}
