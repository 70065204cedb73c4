// Lessonguard is the desktop program: the family's first run, the guardian's
// home, the learner's help page, the tray.
//
// It runs as whoever sits at the PC and has no rights of its own: the filter is
// asked through its control socket, and reports go to the provider sealed.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"golang.org/x/sync/errgroup"

	"lessonguard/agreements"
	"lessonguard/app"
	"lessonguard/app/desktop"
	"lessonguard/app/ui"
	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/control"
	"lessonguard/resources"
)

// version is set by the linker.
var version = "0.1.0-dev"

// id is the program's name to the operating system; FyneApp.toml has it too.
const id = "uk.lessonguard.app"

// flags are what the program was started with.
type flags struct {
	control    string
	config     string
	invite     string // the code, which came by a link or from inviteFile
	inviteFile string // empty: there is none; "-": standard input
	practice   bool
	help       bool
	tutor      bool
	tray       bool // without a window
	send       bool // and nothing else
}

func main() {
	f, err := parse(os.Args[1:])
	if err == nil && f.inviteFile != "" {
		f.invite, err = readInvite(f.inviteFile, os.Stdin)
	}
	switch {
	case err == nil && f.send:
		err = sendNow(context.Background(), f)
	case err == nil:
		err = run(context.Background(), f)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "lessonguard:", err)
		os.Exit(1)
	}
}

func parse(args []string) (f flags, err error) {
	set := flag.NewFlagSet("lessonguard", flag.ContinueOnError)
	set.StringVar(&f.control, "control", control.DefaultPath, "`PATH` of the filter service's control socket")
	set.StringVar(&f.config, "config", "", "`DIR` for this account's settings, acceptances and outbox (default: the account's own)")
	set.StringVar(&f.inviteFile, "invite", "", "`FILE` with the code that the provider gave, or - to type it")
	set.BoolVar(&f.practice, "practice", false, "offer the practice provider: nobody reads what is sent to it")
	set.BoolVar(&f.tray, "tray", false, "start without a window: the icon in the tray opens it")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	link, isLink, err := desktop.ParseLink(set.Arg(0))
	switch {
	case set.NArg() == 1 && isLink:
		if err != nil {
			return f, err
		}
		f.help = link.Help
		if link.Invite != "" {
			f.invite = link.Invite
		}
	case set.NArg() == 1 && set.Arg(0) == "send":
		f.send = true
	case set.NArg() == 1 && set.Arg(0) == "help":
		f.help = true
	case set.NArg() == 1 && set.Arg(0) == "tutor":
		f.tutor = true
	case set.NArg() > 0:
		return f, fmt.Errorf("there is no command %q: lessonguard opens the program, lessonguard help opens it at the help page, lessonguard tutor opens it for a tutor", set.Arg(0))
	}
	if f.config == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return f, fmt.Errorf("finding the account's settings: %w", err)
		}
		f.config = filepath.Join(dir, "lessonguard")
	}
	return f, nil
}

func run(ctx context.Context, f flags) error {
	if err := os.MkdirAll(f.config, 0o700); err != nil {
		// Help and its numbers need no disk.
		slog.Warn("going on without the account's settings", "err", err)
	}
	if cache, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(cache, 0o700) // the toolkit complains where there is none, and goes on
	}
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	if f.tray {
		waitForTray(ctx) // before others are told that we are here
	}
	instance, err := claim(ctx, f.invite)
	if errors.Is(err, desktop.ErrHandedOver) {
		return nil // the window that is open shows itself
	}
	if err != nil {
		// Whoever wants help gets it, with a second window if need be.
		slog.Warn("running beside another start of the program", "err", err)
	}
	if f.help || f.invite != "" && f.inviteFile == "" {
		desktop.Blank(os.Args[len(os.Args)-1]) // after the other start was given it
	}

	people, err := user.Current()
	if err != nil {
		return fmt.Errorf("finding out whose account this is: %w", err)
	}
	keys, err := catalogue.PinnedKeys(assets.Keys, catalogue.ReleaseKeys)
	if err != nil {
		return err
	}
	from, err := newest(control.DataPath(f.control), keys)
	if err != nil {
		slog.Warn("help services and providers are those that came with the program", "err", err)
	}
	loaded, err := load(from, f.practice)
	if err != nil {
		return err
	}
	service := control.NewClient(f.control)
	household := &remembering{Control: service, path: filepath.Join(f.config, "household.json"), tutor: tutorFile(filepath.Join(f.config, "tutor.json"))}
	sender := newSender(filepath.Join(f.config, "outbox"), household, slog.Default())
	accepts, attempt := newAcceptances(f.config), resources.NewID()
	var invite atomic.Value // a later start may bring one
	invite.Store(f.invite)
	chosen := openSettings(f.config)
	if err := startWithSession(f, household.last().Provider.ID != "", chosen); err != nil {
		slog.Warn("the program does not start with the session", "err", err)
	}
	language := ui.ChooseLanguage(os.Getenv(ui.LanguageVariable), chosen.Language)
	if err := ui.Speak(language); err != nil {
		return err
	}
	for i, s := range loaded.services {
		loaded.services[i] = s.In(language)
	}

	fyneapp.SetMetadata(fyne.AppMetadata{ID: id, Name: "Lessonguard", Version: version, Migrations: map[string]bool{"fyneDo": true}})
	a := fyneapp.NewWithID(id)
	a.Settings().SetTheme(ui.NewTheme(chosen.look()))
	a.SetIcon(loaded.icon)
	window := a.NewWindow("Lessonguard")
	tray := newTray(ctx, a, window, service.Lock)
	screens := app.New(app.Config{
		Window: window, Look: chosen.look(), Language: language, Version: version,
		SetLook: func(l ui.Look) error {
			a.Settings().SetTheme(ui.NewTheme(l))
			return chosen.save(l)
		},
		Tutor: f.tutor || household.tutors(), KeepProvider: household.keep,
		Account: people.Username, Accounts: desktop.Accounts(people.Username),
		SetUp:   elevation(f.control),
		Control: household, Profiles: loaded.profiles, Agreements: loaded.agreements, Services: loaded.services,
		Enrol: func(ctx context.Context, p agreements.Profile) (filter.Provider, error) {
			return enrol(ctx, p, invite.Load().(string), attempt, accepts.vault)
		},
		Accept: accepts.accept, Accepted: accepts.accepted,
		Begin: sender.begin, Send: sender.send, State: sender.state, Find: sender.find, Damaged: sender.damaged,
		Checkup: newCheckups(household, loaded, f.config, language),
		OpenURL: func(url string) error { return desktop.OpenURL(ctx, url) },
		Hide:    tray.hide, Now: time.Now,
	})
	if f.help {
		screens.ShowHelp()
	}
	helpAnew := func() { screens.Leave(); screens.ShowHelp() } // whoever wrote in it last may have gone
	tray.show(screens.ShowHome, helpAnew, screens.Leave)
	if last := household.last(); last.Provider.ID != "" {
		// Until the service answers, the family sees what it last said.
		screens.Show(filter.Status{PINSet: true}, filter.ErrNotRunning, last, nil)
	}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return screens.Run(ctx) })
	group.Go(func() error { return sender.run(ctx) })
	group.Go(func() error { return helpKey(ctx, slog.Default(), func() { screens.ShowHelp(); tray.raise() }) })
	if instance != nil {
		group.Go(func() error {
			return instance.Run(ctx, func(c desktop.Call) {
				called, err := parse(c.Args)
				if err == nil && sender.takes(called) {
					return // nobody wants to see us
				}
				fyne.DoAndWait(func() { // a start that is told "taken" shows nothing itself
					if called.help {
						screens.ShowHelp()
					}
					if code := cmp.Or(c.Invite, called.invite); code != "" {
						invite.Store(code)
					}
					tray.raise()
				})
			})
		})
	}
	if !f.tray {
		window.Show()
	}
	a.Run()
	sender.wait() // a child pressed Send and closed the window
	quit()
	return errors.Join(group.Wait(), accepts.close())
}

// claim makes this the account's one running program, or hands over to it, with
// the invite that this one was given.
func claim(ctx context.Context, invite string) (*desktop.Instance, error) {
	dir, err := desktop.RuntimeDir()
	if err != nil {
		return nil, err
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	return desktop.Claim(ctx, dir, desktop.Call{Args: os.Args[1:], Dir: here, Invite: invite})
}
