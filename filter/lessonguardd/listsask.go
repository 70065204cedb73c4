package main

import (
	"context"
	"fmt"
	"strings"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// noRestricted is what a family is told that has no restricted list, and one
// that has only the sample.
const noRestricted = "No child-abuse-image list is loaded; your broadband provider may have one."

// listsShow says in which state the lists are.
func listsShow(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "lists show", "which lists are loaded, and how well they are kept")
	a.add(f)
	if _, err := parse(f, args); err != nil {
		return err
	}
	all, err := control.NewClient(a.path).Lists(ctx)
	if err != nil {
		return a.failed(err)
	}
	return a.show(std, all, listsText(all))
}

func listsText(all []filter.ListState) string {
	var b strings.Builder
	restricted, pages := noRestricted, 0
	for _, l := range all {
		category, fetched := "", ""
		if l.Category != nil {
			category = l.Category.String()
		}
		if !l.Fetched.IsZero() {
			fetched = "  fetched " + l.Fetched.Local().Format("2006-01-02 15:04")
		}
		if l.State == filter.ListLicensed {
			restricted = "A restricted list is loaded."
		}
		pages += l.Pages
		fmt.Fprintf(&b, "%-34s  %-14s  %-8s  %7d%s\n", l.ID, category, l.State, l.Names, fetched)
		if l.Why != "" {
			fmt.Fprintf(&b, "    %s\n", l.Why)
		}
		if l.Changed {
			fmt.Fprintf(&b, "    if that is right: lessonguardd lists accept %s\n", l.ID)
		}
	}
	b.WriteString(restricted + "\n")
	if pages > 0 {
		fmt.Fprintf(&b, "%d entries of restricted lists are single pages, which cannot be enforced by DNS.\n", pages)
	}
	return b.String()
}

// listsUpdate has the running service bring its lists up to date.
func listsUpdate(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "lists update", "fetch the lists now, and say how far that is (needs the PIN)")
	a.add(f)
	if _, err := parse(f, args); err != nil {
		return err
	}
	return updateLists(ctx, std, a, filter.ListUpdate{})
}

// listsAccept has it take a list that it took for a mistake.
func listsAccept(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "lists accept", "take a list that has shrunk or grown by more than half (needs the PIN)")
	a.add(f)
	words, err := parse(f, args, "ID")
	if err != nil {
		return err
	}
	return updateLists(ctx, std, a, filter.ListUpdate{Accept: words[0]})
}

func updateLists(ctx context.Context, std stdio, a asking, u filter.ListUpdate) error {
	client := control.NewClient(a.path)
	return a.asGuardian(ctx, std, client, func() error {
		for p, err := range client.UpdateLists(ctx, u) {
			if err != nil {
				return err
			}
			line := fmt.Sprintf("%d/%d  %s\n", p.Done, p.Of, p.Note)
			if p.Of == 0 {
				line = p.Note + "\n"
			}
			if err := a.show(std, p, line); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}
