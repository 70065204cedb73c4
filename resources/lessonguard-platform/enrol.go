package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"lessonguard/resources/inbox"
)

// enrol prints an invite for one family.
func enrol(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flags("enrol")
	dir := f.String("state", "", "the platform's state `directory`")
	label := f.String("for", "", "what the safeguarding team calls this family; they see this `name` beside each message (default: the code's first letters)")
	days := f.Int("days", 14, "how many `days` the invite is good for, 1 to 90")
	if err := parse(f, args, stderr); err != nil {
		return err
	}
	switch {
	case *dir == "":
		return errors.New("say which platform: --state DIR")
	case *days < 1 || *days > 90:
		return fmt.Errorf("--days %d: an invite is good for 1 to 90 days", *days)
	case len(*label) > 100:
		return errors.New("--for: that name is too long: 100 letters at most")
	}
	st, err := openState(ctx, *dir)
	if err != nil {
		return err
	}
	defer st.store.Close()
	code := inbox.NewCode()
	if *label == "" {
		*label = "Family " + code[:5]
	}
	ends := time.Now().AddDate(0, 0, *days)
	if err := st.store.AddInvite(ctx, inbox.Invite{Hash: inbox.HashOfCode(code), Label: *label, Ends: ends}); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s\n", code)
	fmt.Fprintf(stderr, "Good for one family (%s) until %s.\n", *label, ends.Format("2 January 2006"))
	return nil
}
