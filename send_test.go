package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/filter"
	"lessonguard/resources"
	"lessonguard/resources/platform"
	"lessonguard/resources/seal"
)

// TestNoOutbox has a sender on a disk that takes no outbox: it says that a
// message is not kept, and keeps the next one once the disk is mended.
func TestNoOutbox(t *testing.T) {
	dir := t.TempDir()
	inTheWay := filepath.Join(dir, "outbox")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := filter.Provider{ID: "kst", Route: newFar(t).route}
	s := newSender(inTheWay, nil, slog.New(slog.DiscardHandler))
	send := func() (string, error) {
		return s.send(t.Context(), p, resources.KindReport, resources.ToSafeguarding, []byte("{}"))
	}
	if reference, err := send(); err == nil || reference != "" {
		t.Errorf("without an outbox: %q, %v, want an error", reference, err)
	}
	if got := s.state("0123"); got != "" {
		t.Errorf("state %q of a message that is not there", got)
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	reference, err := send()
	if _, ok := resources.ParseReference(reference); err != nil || !ok {
		t.Errorf("once the disk is mended: %q, %v", reference, err)
	}
}

// hung is a service that never answers.
type hung struct{ filter.Control }

func (hung) Household(ctx context.Context) (filter.Household, error) {
	<-ctx.Done()
	return filter.Household{}, ctx.Err()
}

// TestHungService finds the platform by what the service last said, with the
// attempt still to be made.
func TestHungService(t *testing.T) {
	path := filepath.Join(t.TempDir(), "household.json")
	h := filter.Household{Provider: filter.Provider{ID: "kst", Route: &filter.Route{URL: "https://reports.example", Token: "t"}}}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := newSender("", &remembering{Control: hung{}, path: path}, slog.New(slog.DiscardHandler))
		client, route, err := s.platform(t.Context())
		if err != nil || client == nil || route.Token != "t" {
			t.Fatalf("platform: %v, %q, %v", client, route.Token, err)
		}
		client.Close()
	})
}

// A far is a platform that notes by which paths it was asked.
type far struct {
	route *filter.Route

	mu    sync.Mutex
	up    bool
	asked []string
	opens bool // receipts say that a person has opened the message
}

func newFar(t *testing.T) *far {
	t.Helper()
	p := &far{up: true}
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	keys := make([]string, 2)
	for i := range keys {
		id, err := seal.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = id.Recipient()
	}
	p.route = &filter.Route{URL: srv.URL, Token: "t", Safeguarding: keys[:1], Oversight: keys[1:], Enrolled: time.Now()}
	return p
}

func (p *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kind, id := filepath.Split(r.URL.Path)
	known := strings.Contains(strings.Join(p.asked, " "), id)
	p.asked = append(p.asked, r.URL.Path)
	now := time.Now()
	receipt := resources.Receipt{ID: id, State: resources.Received, Received: now}
	switch {
	case !p.up:
		platform.Refuse(w, platform.CannotKeep)
	case kind == "/v1/receipts/" && !known:
		platform.Refuse(w, platform.UnknownThing)
	case kind == "/v1/receipts/":
		if p.opens {
			receipt.State, receipt.Opened = resources.Opened, now
		}
		platform.Answer(w, http.StatusOK, platform.NewReceipt(receipt))
	default:
		platform.Answer(w, http.StatusCreated, platform.NewReceipt(receipt))
	}
}

func (p *far) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// count returns how often p was asked by a path with the part.
func (p *far) count(part string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, path := range p.asked {
		if strings.Contains(path, part) {
			n++
		}
	}
	return n
}

// family is a household whose provider changes.
type family struct {
	filter.Control
	mu sync.Mutex
	h  filter.Household
}

func (f *family) Household(context.Context) (filter.Household, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.h, nil
}

func (f *family) enrol(route *filter.Route) filter.Provider {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.h.Provider = filter.Provider{ID: "kst", Name: "Key Stage Tutoring", Route: route}
	return f.h.Provider
}

// until waits for what is to become true.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for start := time.Now(); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Fatalf("never: %s", what)
		}
	}
}

// process runs a sender until the returned function is called.
func process(t *testing.T, s *sender) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run = %v", err)
		}
	})
	t.Cleanup(end)
	return end
}

// TestAnotherProvider has a family change its provider while a report waits: it
// goes to the one that it was written for and to nobody else, the new one is
// greeted as if there were none, and it is delivered when the family is back.
func TestAnotherProvider(t *testing.T) {
	for _, tt := range []struct {
		name  string
		other func(first, second *far) *filter.Route
	}{
		{"another platform", func(_, second *far) *filter.Route { return second.route }},
		{"another with the same keys", func(first, second *far) *filter.Route {
			r := *first.route
			r.URL = second.route.URL
			return &r
		}},
		{"the same host in other hands", func(first, second *far) *filter.Route {
			r := *second.route
			r.URL = first.route.URL
			return &r
		}},
		{"no platform", func(_, _ *far) *filter.Route { return nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first, second := newFar(t), newFar(t)
			first.up = false
			f := &family{}
			p := f.enrol(first.route)
			dir := t.TempDir()
			household := &remembering{Control: f, path: filepath.Join(dir, "household.json")}
			s := newSender(filepath.Join(dir, "outbox"), household, slog.New(slog.DiscardHandler))
			end := process(t, s)
			reference, err := s.send(t.Context(), p, resources.KindReport, resources.ToSafeguarding, []byte(`{"words":"x"}`))
			if err != nil {
				t.Fatal(err)
			}
			until(t, "it was tried", func() bool { return first.count("/v1/reports/") > 0 })
			if got := s.state(reference); got != "" {
				t.Errorf("state %q while the platform is down, want none", got)
			}
			end()

			// The program starts anew, with the family at another provider.
			route := tt.other(first, second)
			f.enrol(route)
			first.set(func() { first.up, first.asked = true, nil })
			s = newSender(filepath.Join(dir, "outbox"), household, slog.New(slog.DiscardHandler))
			end = process(t, s)
			until(t, "the child is told", func() bool { return s.state(reference) == resources.Elsewhere })
			if got, err := s.find(t.Context(), reference); err != nil || got != resources.Elsewhere {
				t.Errorf("find = %q, %v", got, err)
			}
			if route != nil {
				until(t, "somebody is greeted", func() bool { return first.count("hellos")+second.count("hellos") == 1 })
			}
			if n := first.count("/") + second.count("/") - first.count("hellos") - second.count("hellos"); n != 0 {
				t.Errorf("%d requests but greetings: %q %q", n, first.asked, second.asked)
			}
			end()

			f.enrol(first.route)
			s = newSender(filepath.Join(dir, "outbox"), household, slog.New(slog.DiscardHandler))
			process(t, s)
			until(t, "it arrives", func() bool { return first.count("/v1/reports/") == 1 })
			until(t, "it is received", func() bool {
				got, err := s.find(t.Context(), reference)
				return err == nil && got == resources.Received
			})
		})
	}
}

// TestReceiptsStayHome asks no other provider for the receipt of a message.
func TestReceiptsStayHome(t *testing.T) {
	first, second := newFar(t), newFar(t)
	f := &family{}
	dir := t.TempDir()
	s := newSender(filepath.Join(dir, "outbox"), &remembering{Control: f, path: filepath.Join(dir, "household.json")}, slog.New(slog.DiscardHandler))
	process(t, s)
	reference, err := s.send(t.Context(), f.enrol(first.route), resources.KindReport, resources.ToSafeguarding, []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	until(t, "it arrives", func() bool { return s.state(reference) == resources.Received })
	r, _ := resources.ParseReference(reference)
	f.enrol(second.route)
	if _, err := s.ask(t.Context(), r.ID()); !errors.Is(err, resources.ErrElsewhere) || second.count("receipts") > 0 {
		t.Errorf("ask = %v, and the other provider was asked %d times", err, second.count("receipts"))
	}
	if got, err := s.find(t.Context(), reference); !errors.Is(err, resources.ErrElsewhere) || second.count("receipts") > 0 {
		t.Errorf("find = %q, %v, and the other provider was asked %d times", got, err, second.count("receipts"))
	}
	f.enrol(first.route)
	first.set(func() { first.opens = true })
	if got, err := s.ask(t.Context(), r.ID()); err != nil || got.State != resources.Opened {
		t.Errorf("ask = %+v, %v", got, err)
	}
}

// TestFind looks for messages by their reference from another account, which
// has an outbox of its own.
func TestFind(t *testing.T) {
	p := newFar(t)
	f := &family{}
	provider := f.enrol(p.route)
	account := func() *sender {
		dir := t.TempDir()
		return newSender(filepath.Join(dir, "outbox"), &remembering{Control: f, path: filepath.Join(dir, "household.json")}, slog.New(slog.DiscardHandler))
	}
	child, other := account(), account()
	reference, err := child.send(t.Context(), provider, resources.KindReport, resources.ToOversight, []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	find := func(s *sender, reference string) (resources.ReceiptState, error) {
		return s.find(t.Context(), reference)
	}
	if got, err := find(child, reference); got != "" || err != nil {
		t.Errorf("while it waits: %q, %v", got, err)
	}
	if got, err := find(other, reference); !errors.Is(err, resources.ErrNoSuchMessage) {
		t.Errorf("from another account while it waits: %q, %v", got, err)
	}
	process(t, child)
	until(t, "it arrives", func() bool { return child.state(reference) == resources.Received })
	for _, s := range []*sender{child, other} {
		if got, err := find(s, strings.ToLower(strings.ReplaceAll(reference, "-", " "))); got != resources.Received || err != nil {
			t.Errorf("received: %q, %v", got, err)
		}
	}
	p.set(func() { p.opens = true })
	for _, s := range []*sender{child, other} {
		if got, err := find(s, reference); got != resources.Opened || err != nil {
			t.Errorf("opened: %q, %v", got, err)
		}
	}
	for _, wrong := range []string{"", "x", string(resources.NewReference())} {
		if got, err := find(other, wrong); !errors.Is(err, resources.ErrNoSuchMessage) || got != "" {
			t.Errorf("%q: %q, %v, want ErrNoSuchMessage", wrong, got, err)
		}
	}
	p.set(func() { p.up = false })
	if got, err := find(other, reference); err == nil || errors.Is(err, resources.ErrNoSuchMessage) || got != "" {
		t.Errorf("while the platform is down: %q, %v, want another error", got, err)
	}
	f.enrol(nil)
	if got, err := find(other, reference); !errors.Is(err, resources.ErrNoSuchMessage) {
		t.Errorf("without a platform: %q, %v", got, err)
	}
}

// TestBegin ends the program only when what was begun has ended: Send was
// pressed, and the window closed before anything else ran.
func TestBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSender("", nil, slog.New(slog.DiscardHandler))
		end := s.begin()
		ended := false
		go func() { s.wait(); ended = true }()
		synctest.Wait()
		if ended {
			t.Fatal("the program ends while a message is being kept")
		}
		end()
		synctest.Wait()
		if !ended {
			t.Error("the program does not end")
		}
	})
}

// TestDamagedOutbox: what waited in an outbox that cannot be read may be lost,
// and the help page says so, in this run and the next.
func TestDamagedOutbox(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "slots"), []byte("lgoutbx2 and then nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	for run := range 2 {
		s := newSender(dir, &remembering{}, log)
		if s.damaged() {
			t.Errorf("run %d: it is damaged before it was opened", run)
		}
		if _, err := s.open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !s.damaged() {
			t.Errorf("run %d: nothing is said of the damage", run)
		}
	}
	dir = t.TempDir()
	s := newSender(dir, &remembering{}, log)
	box, err := s.open(t.Context())
	if err != nil || s.damaged() {
		t.Fatalf("a whole outbox: damaged %v, %v", s.damaged(), err)
	}
	if err := os.Truncate(filepath.Join(dir, "slots"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := box.State(t.Context(), resources.NewID()); err != nil || !s.damaged() {
		t.Errorf("nothing is said of damage that came while the program ran: %v", err)
	}
	if setAsideLately(dir, time.Now().Add(damageShown+time.Hour)) {
		t.Error("it is said for ever")
	}
	if setAsideLately(t.TempDir(), time.Now()) {
		t.Error("a whole outbox is said to be damaged")
	}
}
