package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// What the family of the walk enters.
const (
	guardianName = "Priya Shah"
	learnerName  = "Leo"
	pin          = "482915"
	theirWords   = "Somebody was unkind to me in the chat."
)

// nobody is the account that plays the learner: every system has it.
const nobody = 65534

// walk is the main job, from the first start to a report that has arrived, in
// the real window by the keyboard alone. It says what it sees.
func walk(ctx context.Context, dir, lists string) error {
	ctx, cancel := context.WithTimeout(ctx, 14*time.Minute)
	defer cancel()
	dir = filepath.Join(dir, "check")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	h := newHouse(dir, lists)
	defer h.close()
	w := &walker{house: h, pictures: filepath.Join(dir, "pictures"), upstream: &upstream{asked: map[string]int{}}}
	for _, s := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"starting the filter, the practice platform and the app", w.start},
		{"a new family goes through the first run", w.wizard},
		{"names outside a lesson", w.outside},
		{"the guardian turns lesson mode on in the window", w.lessonOn},
		{"and off again", w.lessonOff},
		{"a learner sits at a second account and asks for nothing: a guardian sees nothing of it", w.look},
		{"a learner visits every help service there, opens Childline and CEOP, asks for help and sends a report", w.helped},
		{"nobody can tell the two apart", w.betrays},
		{"the platform has both, once", w.arrived},
		{"a learner does the same in the guardian's own window", w.shared},
		{"and nobody can tell that either", w.betraysShared},
	} {
		fmt.Println(s.name)
		began := time.Now()
		if err := s.do(ctx); err != nil {
			w.lastPicture(ctx)
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Printf("  in %v\n", time.Since(began).Round(time.Second))
	}
	fmt.Printf("the main job works; pictures of each screen are in %s\n", w.pictures)
	return nil
}

// A walker goes through the program as a family would.
type walker struct {
	*house
	pictures string
	app      *process
	dsl      *dsl
	upstream *upstream
	titled   string   // what the titles of the windows were at first
	looks    int      // of a guardian
	looked   evidence // with what a learner left who only looked
	reported bool     // by a second account
	alone    evidence // before something was reported from the guardian's own
}

// lastPicture shows what was on the display when a step failed.
func (w *walker) lastPicture(ctx context.Context) {
	if w.display != "" {
		_ = w.shoot(context.WithoutCancel(ctx), filepath.Join(w.pictures, "failed.png")) // what failed is said already
	}
}

func (w *walker) start(ctx context.Context) error {
	if err := w.prepare(); err != nil {
		return err
	}
	// The pictures are of the light colours, whatever the desktop would have.
	light := []byte(`{"palette":"light","scale":1}`)
	if err := os.WriteFile(filepath.Join(w.dir, "config", "settings.json"), light, 0o600); err != nil {
		return err
	}
	if err := w.startDisplay(ctx); err != nil {
		return err
	}
	var listener net.ListenConfig
	conn, err := listener.ListenPacket(ctx, "udp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("starting the local upstream: %w", err)
	}
	go func() { _ = w.upstream.serve(ctx, conn) }() // it ends with ctx
	if err := w.startPlatform(ctx); err != nil {
		return err
	}
	if err := w.startFilter(ctx, conn.LocalAddr().String()); err != nil {
		return err
	}
	if w.lists != "" {
		err := w.until(ctx, "the real lists are loaded", time.Minute, func(s status) bool { return !s.Starter })
		if err != nil {
			return err
		}
	}
	var s status
	if err := w.ask(ctx, &s, "status"); err != nil {
		return err
	}
	fmt.Printf("  %d names are on the lists\n", s.Names)
	if w.app, err = w.startApp(ctx); err != nil {
		return err
	}
	if _, err := w.window(ctx, w.app); err != nil {
		return err
	}
	return w.drawn(ctx)
}

func (w *walker) outside(ctx context.Context) error {
	for _, e := range []expectation{
		open("an open name, by the local upstream", "example.com"),
		closed("a pornography name", "pornhub.com"),
		closed("a name under it", "www.pornhub.com"),
		open("a game", "www.roblox.com"),
	} {
		if err := e.holds(ctx, 2*time.Second); err != nil {
			return err
		}
	}
	return nil
}

// The switch is the first thing on the guardian's home.
func (w *walker) lessonOn(ctx context.Context) error {
	if err := w.keys(ctx, past(guardiansRail, 1), "space"); err != nil {
		return err
	}
	if err := closed("the game, within a second", "www.roblox.com").holds(ctx, time.Second); err != nil {
		return err
	}
	for _, e := range []expectation{
		open("the provider's lesson site", "zoom.us"),
		open("Childline", "childline.org.uk"),
	} {
		if err := e.holds(ctx, time.Second); err != nil {
			return err
		}
	}
	return w.screen(ctx, "guardian-lesson")
}

func (w *walker) lessonOff(ctx context.Context) error {
	if err := w.keys(ctx, "space"); err != nil {
		return err
	}
	if err := open("the game, within a second", "www.roblox.com").holds(ctx, time.Second); err != nil {
		return err
	}
	// Back to the first place of the rail: home, with nothing focused.
	if err := w.keys(ctx, fmt.Sprintf("shift+Tab*%d", guardiansRail), "space"); err != nil {
		return err
	}
	return w.screen(ctx, "guardian-home")
}

var errNothing = errors.New("there is nothing there")
