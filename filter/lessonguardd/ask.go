package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// asking are the flags of every command that asks the running service.
type asking struct {
	path string
	json bool
}

func (a *asking) add(f *flag.FlagSet) {
	f.StringVar(&a.path, "control", control.DefaultPath, "`PATH` of the running service's control socket")
	f.BoolVar(&a.json, "json", false, "answer in JSON")
}

// show prints v as JSON, or the text.
func (a *asking) show(std stdio, v any, text string) error {
	if a.json {
		enc := json.NewEncoder(std.out)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	_, err := fmt.Fprint(std.out, text)
	return err
}

func (a *asking) failed(err error) error {
	if errors.Is(err, filter.ErrNotRunning) {
		return fmt.Errorf("%w at %s: start it, or give another --control PATH", filter.ErrNotRunning, a.path)
	}
	return err
}

// asGuardian does what may need the guardian's PIN, and asks for that if it
// does.
func (a *asking) asGuardian(ctx context.Context, std stdio, client *control.Client, do func() error) error {
	err := do()
	if errors.Is(err, filter.ErrForbidden) {
		var pin string
		if pin, err = std.secret(ctx, "Guardian's PIN"); err != nil {
			return err
		}
		if _, err = client.Unlock(ctx, pin); err == nil {
			err = do()
		}
	}
	return a.failed(err)
}

func status(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "status", "what the filter is doing")
	a.add(f)
	if _, err := parse(f, args); err != nil {
		return err
	}
	s, err := control.NewClient(a.path).Status(ctx)
	if err != nil {
		return a.failed(err)
	}
	return a.show(std, s, statusText(s))
}

func statusText(s filter.Status) string {
	var b strings.Builder
	line := func(what, value string) { fmt.Fprintf(&b, "%-12s %s\n", what, value) }
	state := string(s.State)
	if s.Why != "" {
		state += ": " + s.Why
	}
	line("filter", state)
	line("answers at", s.Listen)
	line("hook", s.Hook)
	line("lesson mode", lessonText(s.Lesson))
	if !s.Next.IsZero() {
		line("next lesson", s.Next.Local().Format("Monday 15:04"))
	}
	lists := fmt.Sprintf("%d names on %d lists", s.Names, s.Lists)
	if s.Starter {
		lists += " (those that come with the program)"
	}
	line("lists", lists)
	restricted := noRestricted
	if s.Restricted == filter.LicensedRestricted {
		restricted = "A restricted list is loaded."
	}
	line("restricted", restricted)
	provider := s.Provider
	if provider == "" {
		provider = "none enrolled"
	}
	line("provider", provider)
	pin := "set"
	if !s.PINSet {
		pin = "not set"
	}
	line("PIN", pin)
	line("version", s.Version)
	return b.String()
}

func lessonText(l filter.Lesson) string {
	if !l.On {
		return "off"
	}
	text := "on"
	if !l.Until.IsZero() {
		text += " until " + l.Until.Local().Format("15:04")
	}
	if l.Style == filter.ApprovedOnly {
		text += ", approved sites only"
	}
	return text
}

func lesson(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "lesson", "start or end lesson mode: lesson on, lesson off;\nor have it on every week: lesson plan mon 16:00-17:30, thu 17:00-18:00; lesson plan none")
	a.add(f)
	length := f.Duration("for", filter.DefaultLesson, "how `long` it is on, such as 45m")
	approved := f.Bool("approved-only", false, "open approved sites only (needs the PIN)")
	words, err := parseSome(f, args)
	if err == nil && len(words) > 0 && words[0] == "plan" {
		return lessonPlan(ctx, std, a, strings.Join(words[1:], " "))
	}
	if err == nil && len(words) != 1 {
		err = fmt.Errorf("lesson wants on, off or plan, and was given %q: see lesson --help", words)
	}
	if err != nil {
		return err
	}
	change := filter.LessonChange{For: *length}
	switch words[0] {
	case "on":
		change.On = true
	case "off":
		change.For = 0
	default:
		return fmt.Errorf("lesson mode can be switched on or off, not %q", words[0])
	}
	if *approved {
		change.Style = filter.ApprovedOnly
	}
	client := control.NewClient(a.path)
	var l filter.Lesson
	err = a.asGuardian(ctx, std, client, func() (err error) {
		l, err = client.SetLesson(ctx, change)
		return err
	})
	if err != nil {
		return err
	}
	return a.show(std, l, "lesson mode is "+lessonText(l)+"\n")
}
