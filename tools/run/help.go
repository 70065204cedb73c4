package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The places of the rail, which come first on every page of help; the way out
// is next.
const (
	learnersRail  = 4
	guardiansRail = 9
)

// past is the key that goes to the nth thing after the rail.
func past(rail, n int) string { return fmt.Sprintf("Tab*%d", rail+n) }

// A learner is one who looks for help, in the window that is on top.
type learner struct {
	*walker
	as      string // begins the names of the pictures
	rail    int    // how many places it has
	browser string // the file that notes what is opened
	shares  bool   // the account is a guardian's: who writes is asked
}

// past is the keys that press the nth thing after the rail, and on the way
// others after it.
func (l *learner) past(n int, more ...string) []string {
	return append([]string{past(l.rail, n)}, append(more, "space")...)
}

// A page is one that is shown, whose picture is kept, and the keys that lead on.
type page struct {
	picture string
	keys    []string
}

// through goes through pages.
func (l *learner) through(ctx context.Context, pages ...page) error {
	for _, p := range pages {
		if err := l.screen(ctx, l.as+"-"+p.picture); err != nil {
			return err
		}
		if err := l.keys(ctx, p.keys...); err != nil {
			return err
		}
	}
	return nil
}

// backFromOpen goes back from a page whose button to open something was pressed:
// before it are the ways back and out.
var backFromOpen = []string{"shift+Tab*2", "space"}

// opens goes from a home to Childline and CEOP, and has each opened in the
// browser, which nobody is told of. It ends on the help page.
func (l *learner) opens(ctx context.Context) error {
	err := l.through(ctx,
		page{"home", l.past(-2)},     // help stands before privacy and display
		page{"help", l.past(2)},      // after the way out
		page{"childline", l.past(3)}, // after the ways back and out
		page{"childline", backFromOpen},
		page{"help", l.past(3)},
		page{"ceop", l.past(3)},
		page{"ceop", backFromOpen},
	)
	if err != nil {
		return err
	}
	return lines(ctx, l.browser, 2)
}

// tells goes from the help page to CEOP, asks for it to be opened and the
// provider to be told, opens it, and goes back to the help page.
func (l *learner) tells(ctx context.Context) error {
	err := l.send(ctx, "request",
		page{"help", l.past(3)},
		page{"ceop", l.past(4)}, // after opening it alone
		page{"about", l.aboutMe()},
		page{"reach", l.reachMe()},
	)
	if err != nil {
		return err
	}
	if err := l.keys(ctx, l.past(3)...); err != nil {
		return err
	}
	if err := lines(ctx, l.browser, 3); err != nil {
		return err
	}
	return l.keys(ctx, backFromOpen...)
}

// reports goes from the help page to a report that has been received.
func (l *learner) reports(ctx context.Context) error {
	pages := []page{{"help", l.past(4)}} // Childline, CEOP, Tell
	if l.shares {
		pages = append(pages, page{"who", l.past(3)}) // with a way back: a child
	}
	return l.send(ctx, "report", append(pages,
		page{"danger", l.past(4)}, // with a way back: yes, no
		page{"about", l.aboutMe()},
		page{"topics", l.past(2, "space", "Tab*14")},
		page{"words", l.past(2, "="+theirWords, "Tab*5")}, // past three services
		page{"details", l.past(7)},
		page{"reach", l.reachMe()},
	)...)
}

// aboutMe chooses the first of eight whom it can be about, and goes on; reachMe
// leaves a name, a way and four answers as they are.
func (l *learner) aboutMe() []string { return l.past(2, "space", "Tab*9") }
func (l *learner) reachMe() []string { return l.past(9) }

// receipt is how long the page may take to say that a message has arrived.
const receipt = 1500 * time.Millisecond

// send goes through pages to a preview, and sends what it shows. Nothing goes
// before that, and Enter does not send.
func (l *learner) send(ctx context.Context, what string, pages ...page) error {
	sent, err := l.arrivals(ctx)
	if err != nil {
		return err
	}
	err = l.through(ctx, append(pages, page{what + "-preview", []string{past(l.rail, 4), "Return"}})...)
	if err != nil {
		return err
	}
	if now, err := l.arrivals(ctx); err != nil || now != sent {
		return errors.Join(errors.New("something was sent before Send was pressed"), err)
	}
	if err := l.keys(ctx, "space"); err != nil {
		return err
	}
	deadline := time.Now().Add(30 * time.Second)
	for now := sent; now == sent; {
		if time.Now().After(deadline) {
			return fmt.Errorf("what was sent did not arrive: %w", errNothing)
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
		if now, err = l.arrivals(ctx); err != nil {
			return err
		}
	}
	if err := pause(ctx, receipt); err != nil {
		return err
	}
	return l.screen(ctx, l.as+"-"+what+"-sent")
}

// arrivals returns how many messages the platform's inbox has.
func (w *walker) arrivals(ctx context.Context) (n int, err error) {
	if w.dsl == nil {
		if w.dsl, err = signIn(ctx, w.password); err != nil {
			return 0, err
		}
	}
	titles, err := w.dsl.list(ctx)
	return len(titles), err
}
