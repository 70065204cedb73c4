package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/access"
	"lessonguard/filter/control"
)

// A supervisor is what starts the service with the PC, and again whenever it
// ends: systemd, launchd, the Service Control Manager. [newSupervisor] is in the
// file of each system, install_OS.go, and so is stateDir.
//
// All it does may have been done before, in part or in full: doing it again
// mends what is wrong and changes nothing else. Errors are for whoever installs.
type supervisor interface {
	// Elevated returns nil where this process is an administrator's, else an
	// error that says what to type instead of the command it is given.
	Elevated(command string) error
	// Prepare makes the service's account, its state directory, which only it
	// can read, and whatever names this program to the supervisor.
	Prepare(context.Context) error
	// Start has the service start with the PC, and starts it now: anew where it
	// runs already, since it may be an older program.
	Start(context.Context) error
	// Stop stops the service and has it start no more. When it returns nil the
	// PC resolves names as it did before the service was there.
	Stop(context.Context) error
	// Remove takes away what Prepare made; the state too only if erase says so.
	// What a package of the system has brought stays for that to remove.
	Remove(ctx context.Context, erase bool) error
	// Records says where to read what the service said: "journalctl -u lessonguard".
	Records() string
}

const (
	// startPatience is how long a service may take until it answers. The first
	// start compiles the lists, on an old PC.
	startPatience = 60 * time.Second
	askAgain      = 100 * time.Millisecond
)

// install makes the filter the service of this PC.
func install(ctx context.Context, std stdio, args []string) error {
	f := flags(std, "install", "make the filter this PC's service, which starts with it (administrators only)")
	forProgram := f.Bool("claim", false, "for the desktop program: say each step in a word, and at the end a claim for the first PIN, if there is none")
	answer := f.String("answer", "", answerUsage)
	if _, err := parse(f, args); err != nil {
		return err
	}
	return answerAt(std, *answer, func(std stdio) error { return installService(ctx, std, *forProgram) })
}

func installService(ctx context.Context, std stdio, forProgram bool) error {
	s := newSupervisor()
	if err := s.Elevated("install"); err != nil {
		return err
	}
	say := steps{std.out, forProgram}
	say.step("prepare", "preparing the service")
	if err := s.Prepare(ctx); err != nil {
		return fmt.Errorf("preparing the service: %w", err)
	}
	say.step("start", "starting it")
	if err := s.Start(ctx); err != nil {
		return fmt.Errorf("starting the service: %w", err)
	}
	say.step("wait", "waiting until it answers")
	status, err := answering(ctx, control.NewClient(control.DefaultPath), startPatience)
	if err != nil {
		return fmt.Errorf("%w: to see why: %s", err, s.Records())
	}
	switch {
	case !forProgram && status.PINSet:
		_, err = fmt.Fprintln(std.out, "Lessonguard is running. The guardian's PIN and the family's settings are as they were.")
	case !forProgram:
		_, err = fmt.Fprintln(std.out, "Lessonguard is running. Now open the program Lessonguard on the guardian's account: it sets the family up, and the PIN.")
	case !status.PINSet:
		return printClaim(std, stateDir)
	}
	return err
}

// answering waits until the service answers, for so long at most.
func answering(ctx context.Context, client filter.Control, patience time.Duration) (filter.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		s, err := client.Status(ctx)
		if err == nil {
			return s, nil
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return s, ctx.Err()
			}
			return s, fmt.Errorf("the service was started and does not answer within %s", patience)
		case <-time.After(askAgain):
		}
	}
}

// printClaim mints a claim and prints it, in a line of its own, to whoever
// called: nothing else must keep it.
func printClaim(std stdio, dir string) error {
	token, err := access.MintClaim(dir, time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, token)
	return err
}

// steps says what is being done: to a person in words, to the desktop program in
// one word a line, for which it has words in the family's language.
type steps struct {
	out        io.Writer
	forProgram bool
}

func (s steps) step(word, text string) {
	if s.forProgram {
		text = word
	}
	fmt.Fprintln(s.out, text)
}
