package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"

	"lessonguard/resources/inbox"
)

// oversight serves the inbox of whoever has the oversight key. It is another
// process, run by that person: the key is in its memory alone.
func oversight(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flags("oversight")
	var at door
	at.flags(f, "127.0.0.1:8711")
	dir := f.String("state", "", "the platform's state `directory`")
	key := f.String("key", "", "the `file` with the oversight key")
	if err := parse(f, args, stderr); err != nil {
		return err
	}
	if *dir == "" || *key == "" {
		return errors.New("say which platform and where the key is: --state DIR --key FILE")
	}
	ids, err := readKeys(*key)
	if err != nil {
		return err
	}
	st, err := openState(ctx, *dir)
	if err != nil {
		return err
	}
	defer st.store.Close()
	log := slog.New(slog.NewTextHandler(stderr, nil))
	l, err := at.open(ctx, log)
	if err != nil {
		return err
	}
	defer l.Close()
	looked := make(chan struct{}, 1)
	pages, err := inbox.NewPages(inbox.PagesConfig{
		Store: st.store, Identities: ids, Reader: "oversight", Title: "Oversight inbox",
		Log: log, Secure: at.secure(), Announce: announce(stdout, "Oversight sign-in", at.scheme(), l),
		Looked: func() {
			select {
			case looked <- struct{}{}:
			default: // it is told already
			}
		},
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var behind sync.WaitGroup
	behind.Go(func() {
		keepAt(ctx, inbox.Reading{Store: st.store, Identities: ids, Looked: looked}.Run, func(err error) {
			log.Error("what covers concerns was not opened; trying again in a minute", "err", err)
		})
	})
	err = listenUntil(ctx, l, pages)
	stop()
	behind.Wait()
	return err
}
