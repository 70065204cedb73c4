// Lessonguardd is the filter service of Lessonguard, and its command line.
//
// It answers this PC's DNS questions and obeys the family through a local
// socket. It is the privileged half: it has no window, is built without cgo,
// and works without any screen. It parses no list: compiling lists happens in a
// child process, "lessonguardd lists compile".
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// version is set by the linker.
var version = "0.1.0-dev"

const usage = `Lessonguard's filter service.

  lessonguardd run --state DIR [flags]     answer DNS questions until stopped
  lessonguardd install                     make the filter this PC's service (administrators)
  lessonguardd uninstall                   take it off again (administrators)
  lessonguardd restore                     put name resolution back after a crash (administrators)
  lessonguardd status                      what the filter is doing
  lessonguardd lesson on [--for 60m]       start lesson mode
  lessonguardd lesson off                  end it (asks for the guardian's PIN)
  lessonguardd lesson plan [WHEN]          when it is on every week (PIN), such as mon 16:00-17:30
  lessonguardd explain NAME                whether a name is open, and why; --why: all of why (PIN)
  lessonguardd rules                       your own rules on names (PIN)
  lessonguardd rules allow|block NAME      make one: --scope lessons, --for 24h (PIN)
  lessonguardd rules remove NAME           take those on a name away (PIN)
  lessonguardd home [NAME...]              which names may lead to this home's network (PIN)
  lessonguardd resolvers [ADDRESS...]      whom to ask for what is open (PIN); own: this PC's
  lessonguardd checkup [--print FILE]      what is protected on this PC, and what is not
  lessonguardd pin set                     set or change the guardian's PIN
  lessonguardd claim                       let another account set it, once (administrators)
  lessonguardd ask NAME [--why WORDS]      ask the guardian to open a site
  lessonguardd requests                    what learners asked for (PIN)
  lessonguardd requests allow|refuse ID    answer one (PIN)
  lessonguardd activity [LEARNER]          what was blocked in the last seven days (PIN, or your own)
  lessonguardd notices                     what happened to the filtering lately
  lessonguardd audit                       what was changed, and by whom (PIN)
  lessonguardd lists show                  which lists are loaded, and how well they are kept
  lessonguardd lists update                fetch the published lists now (PIN)
  lessonguardd lists accept ID             take a list that has changed by more than half (PIN)
  lessonguardd lists check FILE            what is usable in a blocklist file, or a folder of such
  lessonguardd lists compile --state DIR   compile the lists into the index
  lessonguardd lists coverage              what the lists that ship cover
  lessonguardd version

Every command knows --help. Those that ask the running service know
--control PATH, and --json for answers that programs read.
`

// A command is one word of the command line.
type command func(ctx context.Context, io stdio, args []string) error

// stdio is what a command reads and writes.
type stdio struct {
	in       *bufio.Reader
	out, err io.Writer
	terminal *os.File // what in reads from, which may be a terminal; nil: it is not
}

var commands = map[string]command{
	"run": run, "status": status, "lesson": lesson, "explain": explain, "lists": listsCommand, "audit": audit,
	"install": install, "uninstall": uninstall, "removed": removed,
	"hold": hold, "restore": restore, "notices": notices,
	"claim": claim, "pin": pinCommand, "ask": askFor, "requests": requests, "activity": activityOf,
	"checkup": checkupCommand, "home": homeNames, "resolvers": resolvers, "rules": rulesCommand,
	"version": func(_ context.Context, std stdio, _ []string) error {
		_, err := fmt.Fprintln(std.out, version)
		return err
	},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := serviced(ctx, stdio{bufio.NewReader(os.Stdin), os.Stdout, os.Stderr, os.Stdin}, os.Args[1:], dispatch)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "lessonguardd:", err)
		stop()
		os.Exit(exitStatus(err))
	}
}

// exitStatus is what a command that failed ends with.
func exitStatus(err error) int {
	if errors.Is(err, errLeft) {
		return 2
	}
	return 1
}

func dispatch(ctx context.Context, std stdio, args []string) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		_, err := fmt.Fprint(std.out, usage)
		return err
	}
	name := args[0]
	if name == "--version" {
		name = "version"
	}
	c, ok := commands[name]
	if !ok {
		return fmt.Errorf("there is no command %q: see lessonguardd help", args[0])
	}
	return c(ctx, std, args[1:])
}

// flags returns a flag set that prints its help to std and its errors nowhere:
// they come back as one line.
func flags(std stdio, name, about string) *flag.FlagSet {
	f := flag.NewFlagSet("lessonguardd "+name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {
		fmt.Fprintf(std.out, "lessonguardd %s: %s\n\n", name, about)
		f.SetOutput(std.out)
		f.PrintDefaults()
		f.SetOutput(io.Discard)
	}
	return f
}

// parse parses args, flags and words in any order, and wants exactly the words
// that are named.
func parse(f *flag.FlagSet, args []string, words ...string) ([]string, error) {
	got, err := parseSome(f, args)
	if err != nil || len(got) == len(words) {
		return got, err
	}
	wanted := strings.Join(words, " ")
	if wanted == "" {
		wanted = "no words after the flags"
	}
	return nil, fmt.Errorf("%s wants %s, and was given %q: see %s --help", f.Name(), wanted, got, f.Name())
}

// parseSome parses args, flags and words in any order, and returns the words.
func parseSome(f *flag.FlagSet, args []string) (words []string, err error) {
	help := f.Usage
	f.Usage = func() {} // which is called for a mistake too
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				help()
				return nil, err
			}
			return nil, fmt.Errorf("%w: see %s --help", err, f.Name())
		}
		if f.NArg() == 0 {
			return words, nil
		}
		words, args = append(words, f.Arg(0)), f.Args()[1:]
	}
}
