// Program lessonguard-platform is the reference platform, which a small
// provider can host: it takes what families send, keeps it sealed, and shows
// the designated safeguarding lead (DSL) an inbox.
//
// Other computers reach it by TLS: its own, with a certificate from files, or
// that of a web server before it. Accounts for more than one reader are not in
// here yet.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `Usage:
  lessonguard-platform [run] --state DIR --name NAME    serve families and the safeguarding inbox
  lessonguard-platform enrol --state DIR                print an invite for one family
  lessonguard-platform oversight --state DIR --key FILE serve the oversight inbox
  lessonguard-platform key rotate --state DIR           make a new key; the one before stays valid beside it
  lessonguard-platform families --state DIR             print who has joined
  lessonguard-platform erase --state DIR --message ID   erase a message, or with --family ID a family
  lessonguard-platform key list --state DIR             print the public halves of the keys

Each with -h says more.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	commands := map[string]func(context.Context, []string, io.Writer, io.Writer) error{
		"run": serve, "enrol": enrol, "oversight": oversight, "key": key, "families": families, "erase": erase,
	}
	name := "run"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	}
	command, ok := commands[name]
	if !ok {
		fmt.Fprintf(stderr, "lessonguard-platform: nothing is called %q here\n\n%s", name, usage)
		return 1
	}
	err := command(ctx, args, stdout, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "lessonguard-platform: %v\n", err)
		return 1
	}
	return 0
}

// flags returns a flag set whose errors are one line.
func flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// parse reads args into f. Asked for help, it prints the flags.
func parse(f *flag.FlagSet, args []string, stderr io.Writer) error {
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stderr, usage, "\n")
		f.SetOutput(stderr)
		f.PrintDefaults()
	}
	if err == nil && f.NArg() > 0 {
		err = fmt.Errorf("%q is one thing too many: see -h", f.Arg(0))
	}
	return err
}
