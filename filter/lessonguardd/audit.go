package main

import (
	"context"
	"fmt"
	"strings"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

func audit(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "audit", "what was changed, and by whom, the newest first (needs the PIN)")
	a.add(f)
	limit := f.Int("limit", 50, "how `many` entries")
	if _, err := parse(f, args); err != nil {
		return err
	}
	if *limit < 1 {
		return fmt.Errorf("--limit %d: give at least 1", *limit)
	}
	client := control.NewClient(a.path)
	var entries []filter.AuditEntry
	err := a.asGuardian(ctx, std, client, func() (err error) {
		entries, err = client.Audit(ctx, *limit)
		return err
	})
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, e := range entries {
		who := e.Account
		if who == "" {
			who = "Lessonguard"
		}
		fmt.Fprintf(&b, "%s  %-12s %s\n", e.At.Local().Format("2006-01-02 15:04"), who, e.What)
	}
	return a.show(std, entries, b.String())
}
