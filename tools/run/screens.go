package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"lessonguard/app/desktop"
)

// wizard answers every question of the first run. Each page has the help link
// first, then its own things, then Back and Next.
func (w *walker) wizard(ctx context.Context) error {
	providers, err := filepath.Glob("assets/profiles/*.toml")
	if err != nil || len(providers) == 0 {
		return errors.Join(errors.New("there are no profiles: run this from the checkout"), err)
	}
	guardian, err := clauses("guardian")
	if err != nil {
		return err
	}
	learner, err := clauses("learner-ks2")
	if err != nil {
		return err
	}
	me, err := user.Current()
	if err != nil {
		return err
	}
	accounts := len(desktop.Accounts(me.Username))
	if accounts > 0 {
		accounts++ // "the same one as mine"
	}
	for _, page := range []struct {
		picture string
		keys    []string
	}{
		// The practice provider is the last.
		{"wizard-provider", []string{fmt.Sprintf("Tab*%d", 1+len(providers)), "space", "Tab", "space"}},
		{"wizard-agreement", []string{"Tab", fmt.Sprintf("tick*%d", guardian), "Tab", "=" + guardianName, "Tab*2", "space"}},
		// Five stages: the second is Key Stage 2.
		{"wizard-learner", []string{"Tab*2", "=" + learnerName, "Tab*2", "space", fmt.Sprintf("Tab*%d", 3+accounts+2), "space"}},
		// Their name is there already; after it comes the way on without agreeing.
		{"wizard-consent", []string{"Tab", fmt.Sprintf("tick*%d", learner), "Tab*4", "space"}},
		{"wizard-levels", []string{"Tab*7", "space"}},
		{"wizard-pin", []string{"Tab*2", "=" + pin, "Tab", "=" + pin, "Tab*2", "space"}},
	} {
		if err := w.screen(ctx, page.picture); err != nil {
			return err
		}
		if err := w.keys(ctx, page.keys...); err != nil {
			return err
		}
	}
	err = w.until(ctx, "the wizard saves", 30*time.Second, func(s status) bool { return s.PINSet && s.Provider == "Practice provider" })
	if err != nil {
		return err
	}
	ledger := filepath.Join(w.dir, "config", "acceptances.jsonl")
	if err := lines(ctx, ledger, 2); err != nil {
		return fmt.Errorf("both agreements are kept: %w", err)
	}
	if err := w.screen(ctx, "wizard-done"); err != nil {
		return err
	}
	// Help, three names to try, Finish.
	if err := w.keys(ctx, "Tab*5", "space"); err != nil {
		return err
	}
	fmt.Println("  provider, two agreements, levels and PIN are saved")
	return w.drawn(ctx)
}

// screen waits until a screen is drawn and keeps its picture. What the titles of
// the windows are goes on being so, whatever they show.
func (w *walker) screen(ctx context.Context, name string) error {
	if err := w.drawn(ctx); err != nil {
		return err
	}
	titles, err := w.titles(ctx)
	if err != nil {
		return err
	}
	if w.titled == "" {
		w.titled = titles
	}
	if titles != w.titled {
		return fmt.Errorf("the titles of the windows are %q, and were %q", titles, w.titled)
	}
	return w.shootWindow(ctx, filepath.Join(w.pictures, name+".png"))
}

// clauses returns how many clauses the practice provider's agreement has.
func clauses(audience string) (int, error) {
	data, err := os.ReadFile(filepath.Join("assets", "agreements", "demo", audience+".md"))
	return strings.Count(string(data), "\n- [ ] "), err
}

// exists waits until there is a file.
func (w *walker) exists(ctx context.Context, path string) error {
	for range 300 {
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("there is no %s yet", path)
}

// lines waits until a file has n lines.
func lines(ctx context.Context, path string, n int) error {
	for range 100 {
		got := 0
		if f, err := os.Open(path); err == nil {
			for scan := bufio.NewScanner(f); scan.Scan(); {
				got++
			}
			f.Close()
		}
		if got == n {
			return nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s does not come to %d lines", path, n)
}
