package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"lessonguard/resources/inbox"
	"lessonguard/resources/platform"
	"lessonguard/resources/seal"
)

// practiceNotice is said wherever a practice platform shows its face.
const practiceNotice = "practice: nobody reads this"

// serve takes messages and shows the safeguarding inbox until ctx is done.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flags("run")
	var at door
	at.flags(f, "127.0.0.1:8710")
	dir := f.String("state", "", "keep messages and keys in this `directory`; it is made")
	name := f.String("name", "", "the provider's `name`")
	hours := f.String("reading-hours", "", "when reports are read, in `words`")
	practice := f.Bool("practice", false, "for trying things out: say everywhere that nobody reads this, and take families with a printed code")
	keyOut := f.String("oversight-key", "", "on the first start, write the oversight key to this `file`, to be taken elsewhere; default: it is printed, once")
	days := f.Int("erase-after", 0, "erase a message so many `days` after a person first opened it; 0: keep it until you erase it")
	if err := parse(f, args, stderr); err != nil {
		return err
	}
	if *days < 0 {
		return fmt.Errorf("--erase-after %d: say after how many days, or 0", *days)
	}
	if *name == "" && *practice {
		*name = "Practice provider"
	}
	if *name == "" {
		return errors.New("say whose platform this is: --name NAME")
	}
	if *practice {
		*name, *hours = *name+" ("+practiceNotice+")", practiceNotice
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	l, err := at.open(ctx, log)
	if err != nil {
		return err
	}
	defer l.Close()

	st, err := prepare(ctx, *dir, *keyOut, stdout)
	if err != nil {
		return err
	}
	defer st.store.Close()
	if st.aside != "" {
		fmt.Fprintf(stderr, "lessonguard-platform: the message store was damaged and is now %s: restore a backup; until then families must be invited again\n", st.aside)
	}
	api := inbox.APIConfig{
		Store: st.store,
		Profile: platform.Profile{
			Contract: platform.Version, Name: *name, Practice: *practice, ReadingHours: *hours,
			Safeguarding: st.offered, Oversight: st.oversight,
		},
		Log: log,
	}
	if *practice {
		api.OpenInvite = inbox.NewCode()
		fmt.Fprintf(stdout, "Family invite code: %s\n", api.OpenInvite)
	}
	pages, err := inbox.NewPages(inbox.PagesConfig{
		Store: st.store, Identities: st.safeguarding, Reader: "safeguarding", Title: "Safeguarding inbox: " + *name, Practice: *practice, Log: log, Secure: at.secure(),
		Announce: announce(stdout, "DSL sign-in", at.scheme(), l),
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/", inbox.NewAPI(api))
	mux.Handle("/", pages)

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if *days > 0 {
		fmt.Fprintf(stdout, "Messages are erased %d days after they were first opened; what nobody has opened is kept.\n", *days)
	} else {
		fmt.Fprintln(stdout, "Messages are kept until you erase them: --erase-after, or the command \"erase\".")
	}
	var behind sync.WaitGroup
	behind.Go(func() {
		keepAt(ctx, inbox.Retention{Store: st.store, After: time.Duration(*days) * 24 * time.Hour}.Run, func(err error) {
			log.Error("nothing was erased; trying again in a minute", "err", err)
		})
	})
	behind.Go(func() {
		keepAt(ctx, inbox.Cover{Store: st.store, Oversight: st.oversight}.Run, func(err error) {
			log.Error("no cover for oversight; trying again in a minute", "err", err)
		})
	})
	err = listenUntil(ctx, l, mux)
	stop()
	behind.Wait()
	return err
}

// keepAt runs f until ctx is done or f has ended without an error, and again a
// minute after it failed: a database can be away for a while, and nobody starts a
// platform anew for that.
func keepAt(ctx context.Context, f func(context.Context) error, failed func(error)) {
	for {
		err := f(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		failed(err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}

// announce prints how to sign in.
func announce(stdout io.Writer, who, scheme string, l net.Listener) func(string) {
	return func(password string) {
		fmt.Fprintf(stdout, "%s: %s://%s/  one-time password: %s\n", who, scheme, l.Addr(), password)
	}
}

// listenUntil serves until ctx is done and what was begun has ended.
func listenUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // it names addresses
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(last); err != nil {
		return fmt.Errorf("ending: %w", err)
	}
	return nil
}

func recipients(ids []seal.Identity) []string {
	var all []string
	for _, id := range ids {
		all = append(all, id.Recipient())
	}
	return all
}
