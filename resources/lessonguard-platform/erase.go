package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"lessonguard/resources"
	"lessonguard/resources/inbox"
)

// erase erases one message, or a family with all that it sent: somebody has the
// right to ask for that, or the provider's schedule says so.
func erase(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flags("erase")
	dir := f.String("state", "", "the platform's state `directory`")
	message := f.String("message", "", "the `id` of a message, as its page shows it")
	family := f.String("family", "", "the `id` of a family, as \"families\" prints it: erases all that it sent, and its tokens")
	if err := parse(f, args, stderr); err != nil {
		return err
	}
	switch {
	case *dir == "":
		return errors.New("say which platform: --state DIR")
	case (*message == "") == (*family == ""):
		return errors.New("say what to erase: --message ID, or --family ID")
	case *message != "" && !resources.ValidID(*message):
		return errors.New("--message: a message's id is 32 of the digits 0-9 and a-f")
	}
	st, err := openState(ctx, *dir)
	if err != nil {
		return err
	}
	defer st.store.Close()
	what := "The message is"
	if *message != "" {
		err = st.store.Erase(ctx, *message)
	} else {
		what, err = "The family and all that it sent are", st.store.EraseHousehold(ctx, *family)
	}
	if errors.Is(err, inbox.ErrNotFound) {
		return errors.New("there is nothing with that id: nothing was erased")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s erased here. Backups still hold what they held.\n", what)
	return nil
}

// families prints who has joined.
func families(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flags("families")
	dir := f.String("state", "", "the platform's state `directory`")
	if err := parse(f, args, stderr); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("say which platform: --state DIR")
	}
	st, err := openState(ctx, *dir)
	if err != nil {
		return err
	}
	defer st.store.Close()
	all, err := st.store.Households(ctx)
	if err != nil {
		return err
	}
	for _, h := range all {
		fmt.Fprintf(stdout, "%s  joined %s  %s\n", h.ID, h.Joined.Format("2006-01-02"), h.Label)
	}
	return nil
}
