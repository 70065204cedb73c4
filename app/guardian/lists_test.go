package guardian_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// keeper is a service that keeps lists.
type keeper struct {
	*service

	lists   []filter.ListState
	updates []filter.ListUpdate
	during  func(filter.Progress) // is called while an update is under way
	err     error                 // of the states
	fails   error                 // of an update
}

func (k *keeper) Lists(context.Context) ([]filter.ListState, error) { return k.lists, k.err }

func (k *keeper) UpdateLists(ctx context.Context, u filter.ListUpdate) iter.Seq2[filter.Progress, error] {
	return func(yield func(filter.Progress, error) bool) {
		if k.locked {
			yield(filter.Progress{}, filter.ErrForbidden)
			return
		}
		k.updates = append(k.updates, u)
		if k.fails != nil {
			yield(filter.Progress{}, k.fails)
			return
		}
		for _, p := range []filter.Progress{{Note: "beginning"}, {List: "bets", Of: 3}, {List: "games", Done: 1, Of: 3}, {Done: 2, Of: 3}} {
			if ctx.Err() != nil || !yield(p, nil) {
				return
			}
			if k.during != nil {
				k.during(p)
			}
		}
	}
}

func kept(state string, category filter.Category, id, title string, change ...func(*filter.ListState)) filter.ListState {
	s := filter.ListState{ID: id, Title: title, Category: &category, State: state, Names: 1234}
	if state == filter.ListFresh || state == filter.ListOld || state == filter.ListFailed {
		s.Fetched = uitest.Noon().Add(-20 * time.Hour)
	}
	for _, f := range change {
		f(&s)
	}
	return s
}

func wellKept() []filter.ListState {
	return []filter.ListState{
		kept(filter.ListStarter, filter.Gambling, "starter-gambling", "starter list: gambling"),
		kept(filter.ListFresh, filter.Gambling, "bets", "HaGeZi gambling"), kept(filter.ListFresh, filter.Games, "games", "v2fly games"),
		{ID: filter.DataFile, State: filter.ListBuiltIn},
	}
}

func illKept() []filter.ListState {
	failed := func(s *filter.ListState) { s.Why = "the publisher's server answered 404 Not Found" }
	return append(wellKept(),
		kept(filter.ListFailed, filter.Malware, "malware", "Phishing.Database", failed, func(s *filter.ListState) { s.Fetched = time.Time{} }),
		kept(filter.ListFailed, filter.Malware, "shrunk", "ShadowWhisperer Malware", func(s *filter.ListState) {
			s.Why, s.Changed = "it went from 44000 names to 12 at once: the last good copy stays in force", true
		}),
		kept(filter.ListOld, filter.Drugs, "drugs", "UT1 drogue"), kept(filter.ListMissing, filter.Dating, "dating", "UT1 dating"),
		kept(filter.ListLocal, filter.Games, "games/own.txt", "own.txt"),
		filter.ListState{ID: "restricted/1", Title: "restricted list", State: filter.ListSample, Names: 12, Pages: 7},
	)
}

func unfetched() []filter.ListState {
	all := wellKept()[:1]
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		all = append(all, kept(filter.ListFailed, filter.Games, id, "List "+id, func(s *filter.ListState) {
			s.Fetched, s.Names, s.Why = time.Time{}, 0, "the internet cannot be reached: no resolver answers"
		}))
	}
	return all
}

// fromFolder is what a folder of lists on the PC comes to.
func fromFolder() []filter.ListState {
	return append(wellKept()[:1], kept(filter.ListLocal, filter.Games, "games/own.txt", "own.txt"))
}

func TestListsPictures(t *testing.T) {
	looks, all := uitest.Looks(), uitest.AllLooks()
	for _, c := range []struct {
		name  string
		looks []uitest.Look
		lists []filter.ListState
		err   error
	}{
		{"lists", all, illKept(), nil},
		{"lists-fine", looks[:1], wellKept(), nil},
		{"lists-offline", looks[:1], unfetched(), nil},
		{"lists-folder", looks[:1], fromFolder(), nil},
		{"lists-not-running", looks[:1], nil, filter.ErrNotRunning},
	} {
		uitest.Pictures(t, c.name, c.looks, func(*testing.T) fyne.CanvasObject {
			return guardian.NewLists(config(&keeper{service: newService(), lists: c.lists, err: c.err})).Content()
		})
	}
	uitest.Pictures(t, "lists-all", all, func(t *testing.T) fyne.CanvasObject {
		o := guardian.NewLists(config(&keeper{service: newService(), lists: wellKept()})).Content()
		uitest.Press(t, o, ui.Text("lists.show", "Lists", 3))
		return o
	})
	uitest.Pictures(t, "lists-updating", looks[:1], func(t *testing.T) fyne.CanvasObject {
		o, step := updating(t)
		for !strings.Contains(uitest.Text(o), "v2fly games: 1") {
			step()
		}
		return o
	})
}

// updating returns lists that are being updated by somebody who knows the PIN,
// and what lets the next thing happen that they wait for.
func updating(t *testing.T, change ...func(*keeper)) (o fyne.CanvasObject, step func()) {
	t.Helper()
	k := &keeper{service: newService(), lists: wellKept()}
	k.locked = false
	for _, f := range change {
		f(k)
	}
	var next func()
	step = func() {
		t.Helper()
		if next == nil {
			t.Fatal("nothing is waited for")
		}
		now := next
		next = nil
		now()
	}
	c := config(k)
	c.Do = func(work, done func()) { next = func() { uitest.AtOnce(work, done) } }
	o = guardian.NewLists(c).Content()
	step() // the states
	uitest.Press(t, o, "lists.update")
	return o, step
}

// TestUpdateLists: an update asks for the PIN, says how far it is, and shows how
// the lists are after it.
func TestUpdateLists(t *testing.T) {
	k := &keeper{service: newService(), lists: unfetched()}
	var lists *guardian.Lists
	w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		lists = guardian.NewLists(config(k))
		return lists.Content()
	})
	var seen []string
	k.during = func(filter.Progress) { seen = append(seen, uitest.Text(lists.Content())) }
	uitest.Press(t, w.Content(), "lists.update")
	if len(k.updates) != 0 {
		t.Fatal("updated without the PIN")
	}
	entry, ok := w.Canvas().Focused().(*ui.Entry)
	if !ok {
		t.Fatal("the PIN is not asked for")
	}
	k.lists = wellKept()
	test.Type(entry, k.pin)
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(k.updates) != 1 || k.updates[0] != (filter.ListUpdate{}) {
		t.Errorf("asked for %+v", k.updates)
	}
	if all := strings.Join(seen, "|"); !strings.Contains(all, "Fetching games: 1 of 3") && !strings.Contains(all, ui.Text("lists.compiling")) {
		t.Errorf("shown meanwhile: %s", all)
	}
	if text := uitest.Text(w.Content()); !strings.Contains(text, ui.Text("lists.fine")) || !strings.Contains(text, ui.Text("lists.update")) {
		t.Errorf("shown after it:\n%s", text)
	}
}

// TestAcceptList: of a list that has changed much the new copy is used when the
// guardian says so.
func TestAcceptList(t *testing.T) {
	k := &keeper{service: newService(), lists: illKept()}
	k.locked = false
	w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject { return guardian.NewLists(config(k)).Content() })
	uitest.Press(t, w.Content(), "lists.accept")
	if len(k.updates) != 1 || k.updates[0].Accept != "shrunk" {
		t.Errorf("asked for %+v", k.updates)
	}
}

// TestCancelLists: a cancelled update ends, is said to have, and presses in
// between ask for nothing.
func TestCancelLists(t *testing.T) {
	var k *keeper
	var o fyne.CanvasObject
	var step func()
	w := uitest.Open(t, uitest.Plain(), func(t *testing.T) fyne.CanvasObject {
		o, step = updating(t, func(made *keeper) { k = made })
		return o
	})
	if uitest.Find(w.Content(), ui.Text("lists.update")) != nil {
		t.Error("an update can be begun while there is one")
	}
	step()
	step()
	uitest.Press(t, o, "ui.cancel")
	if !strings.Contains(uitest.Text(o), ui.Text("lists.ending")) {
		t.Errorf("while it ends:\n%s", uitest.Text(o))
	}
	uitest.Press(t, o, "ui.cancel")
	step() // the service ends it
	step() // the states
	if text := uitest.Text(o); !strings.Contains(text, ui.Text("lists.cancelled")) || uitest.Find(o, ui.Text("lists.update")) == nil {
		t.Errorf("after it:\n%s", text)
	}
	if len(k.updates) != 1 {
		t.Errorf("%d updates, want one", len(k.updates))
	}
}

// TestListsFail: what the service says is wrong is shown, and nothing is lost.
func TestListsFail(t *testing.T) {
	k := &keeper{service: newService(), lists: wellKept()}
	k.locked, k.fails = false, errors.New("compiling lists: the disk is full")
	w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject { return guardian.NewLists(config(k)).Content() })
	uitest.Press(t, w.Content(), "lists.update")
	if text := uitest.Text(w.Content()); !strings.Contains(text, "the disk is full") || !strings.Contains(text, ui.Text("lists.fine")) {
		t.Errorf("shown:\n%s", text)
	}
}
