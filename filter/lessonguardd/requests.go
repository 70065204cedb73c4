package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// askFor asks the guardian to open a site.
func askFor(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "ask", "ask the guardian to open a site")
	a.add(f)
	why := f.String("why", "", "what for, in your `words`")
	words, err := parse(f, args, "NAME")
	if err != nil {
		return err
	}
	n, err := filter.ParseName(words[0])
	if err != nil {
		return fmt.Errorf("%w: give a name such as example.com", err)
	}
	if err := control.NewClient(a.path).Ask(ctx, filter.Ask{Name: n, Why: *why}); err != nil {
		return a.failed(err)
	}
	return a.show(std, struct{}{}, "your guardian will see that you asked\n")
}

// requests shows what learners asked for, or answers one of them.
func requests(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "requests", "what learners asked for: requests, requests allow ID, requests refuse ID (needs the PIN)")
	a.add(f)
	scope := f.String("scope", "", "when an allowed site is open: `SCOPE` always, lessons, outside-lessons (default: outside lessons, or always in a lesson)")
	length := f.Duration("for", 0, "how `long` an allowed site is open, such as 24h (default: for good)")
	words, err := parseSome(f, args)
	if err != nil {
		return err
	}
	client := control.NewClient(a.path)
	switch {
	case len(words) == 0:
		return listRequests(ctx, std, a, client)
	case len(words) != 2 || words[0] != "allow" && words[0] != "refuse":
		return errors.New("requests wants nothing, allow ID, or refuse ID: see lessonguardd requests --help")
	}
	answer := filter.Answer{Allow: words[0] == "allow", Scope: filter.RuleScope(*scope)}
	if *length != 0 {
		answer.Until = time.Now().Add(*length)
	}
	err = a.asGuardian(ctx, std, client, func() error { return client.Answer(ctx, words[1], answer) })
	if err != nil {
		return err
	}
	return a.show(std, struct{}{}, "answered\n")
}

func listRequests(ctx context.Context, std stdio, a asking, client *control.Client) error {
	var all []filter.Request
	err := a.asGuardian(ctx, std, client, func() (err error) {
		all, err = client.Requests(ctx)
		return err
	})
	if err != nil {
		return err
	}
	h, err := client.Household(ctx)
	if err != nil {
		return a.failed(err)
	}
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "%s  %s  %-12s %s", r.ID, r.At.Local().Format("2006-01-02 15:04"), learnerName(h, r.Learner), r.Ask.Name)
		if r.Ask.Why != "" {
			fmt.Fprintf(&b, "  %q", r.Ask.Why)
		}
		b.WriteString("\n")
	}
	if len(all) == 0 {
		b.WriteString("nobody has asked for a site\n")
	}
	return a.show(std, all, b.String())
}

func learnerName(h filter.Household, id string) string {
	for _, l := range h.Learners {
		if l.ID == id {
			return l.Name
		}
	}
	return "somebody"
}
