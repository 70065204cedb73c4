package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lessonguard/filter/control"
)

// notices prints what happened to the filtering of this PC, the newest first.
func notices(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "notices", "what happened to the filtering in the last seven days")
	a.add(f)
	if _, err := parse(f, args); err != nil {
		return err
	}
	all, err := control.NewClient(a.path).Notices(ctx)
	if err != nil {
		return a.failed(err)
	}
	var b strings.Builder
	const layout = "2006-01-02 15:04"
	for _, n := range all {
		when := n.From.Local().Format(layout)
		switch {
		case !n.Over():
			when += " until now"
		case n.To.Sub(n.From) >= time.Minute:
			when += " until " + n.To.Local().Format(layout)
		}
		if n.Times > 1 {
			when += fmt.Sprintf(", %d times", n.Times)
		}
		fmt.Fprintf(&b, "%s  %s\n", when, n)
	}
	if len(all) == 0 {
		b.WriteString("nothing happened\n")
	}
	return a.show(std, all, b.String())
}
