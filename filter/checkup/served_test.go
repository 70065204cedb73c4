package checkup_test

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/checkup"
	"lessonguard/filter/engine"
	"lessonguard/filter/index"
	"lessonguard/filter/resolve"
)

// TestServed does a checkup of a real engine behind a real DNS server, with the
// content that ships, as a PC would that asks it, and one that does not.
func TestServed(t *testing.T) {
	internet := serveInternet(t)
	e := newEngine(t)
	filtered := serve(t, e, internet)
	h := newHome()
	h.Control = e
	h.Ask = []checkup.Asker{asking(filtered)}

	want := map[filter.CheckupCheck][]string{
		filter.CheckAsked: {"asked_yes"}, filter.CheckCategories: {"categories_closed", "categories_open"},
		filter.CheckSafeSearch: {"safe_on"}, filter.CheckCanaries: {"canaries_told"}, filter.CheckBypass: {"bypass_closed"},
		filter.CheckHelp: {"help_open"}, filter.CheckRestricted: {"restricted_none"},
	}
	h.Help = []string{"www.childline.org.uk", "www.ceop.police.uk"}
	compare := func(why string) {
		t.Helper()
		record, err := checkup.Run(t.Context(), h.Config, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := map[filter.CheckupCheck][]string{}
		for _, r := range record.Results {
			got[r.Check] = append(got[r.Check], r.Say)
		}
		for check, says := range want {
			if !slices.Equal(got[check], says) {
				t.Errorf("%s, %s: %q, want %q", why, check, got[check], says)
			}
		}
	}
	compare("asked")

	policy, err := e.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	open := policy.Clone()
	open.Level.Closed &^= filter.CategoriesOf(filter.Gambling)
	set(t, e, open)
	want[filter.CheckCategories] = []string{"categories_opened", "categories_closed", "categories_open"}
	compare("a category is opened")

	open = policy.Clone()
	open.Level.SafeSearch = false
	set(t, e, open)
	want[filter.CheckCategories] = []string{"categories_closed", "categories_open"}
	want[filter.CheckSafeSearch] = []string{"safe_off", "safe_youtube"}
	compare("safe search is off")

	open = policy.Clone()
	open.Level.Closed &^= filter.CategoriesOf(filter.Bypass)
	set(t, e, open)
	want[filter.CheckCategories] = []string{"categories_opened", "categories_closed", "categories_open"}
	want[filter.CheckSafeSearch] = []string{"safe_on"}
	want[filter.CheckCanaries], want[filter.CheckBypass] = []string{"canaries_open"}, []string{"bypass_open"}
	compare("ways round are open")

	set(t, e, policy)
	h.Ask = []checkup.Asker{asking(internet)}
	want[filter.CheckAsked], want[filter.CheckCategories] = []string{"asked_no"}, []string{"categories_leak", "categories_open"}
	want[filter.CheckSafeSearch], want[filter.CheckCanaries] = []string{"safe_leak"}, []string{"canaries_leak"}
	want[filter.CheckBypass] = []string{"bypass_names"}
	compare("the router is asked")

	// Another filter closes as ours does, and has other proofs.
	h.Ask = []checkup.Asker{asking(serve(t, newEngine(t), internet))}
	want[filter.CheckAsked] = []string{"asked_no"}
	want[filter.CheckCategories], want[filter.CheckSafeSearch] = []string{"categories_closed", "categories_open"}, []string{"safe_on"}
	want[filter.CheckCanaries], want[filter.CheckBypass] = []string{"canaries_unknown"}, []string{"bypass_closed"}
	compare("another filter is asked")
}

func set(t *testing.T, e *engine.Engine, p filter.Policy) {
	t.Helper()
	if err := e.SetPolicy(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// newEngine returns an engine with the names that ship, and a list of one name
// in each category.
func newEngine(t *testing.T) *engine.Engine {
	t.Helper()
	content, err := catalogue.Content(catalogue.Files{assets.Lists, assets.Bundles, assets.Services}, []filter.Name{"childline.org.uk", "police.uk"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	e, err := engine.New(engine.Config{Dir: dir, Content: content, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "index")
	_, err = index.Build(index.Config{Path: path, Key: e.Key(), Lists: []index.Source{{
		ID: "starter-bypass", Title: "Ways round", Category: filter.Bypass, Names: func(add func([]byte, bool)) error {
			for _, n := range []string{"dns.google", "cloudflare-dns.com", "quad9.net"} {
				add([]byte(n), false)
			}
			return nil
		},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(path, e.Key())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	e.Publish(x)
	return e
}

// serve answers by e until the test ends, and asks upstream.
func serve(t *testing.T, e *engine.Engine, upstream netip.AddrPort) netip.AddrPort {
	t.Helper()
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort(free.LocalAddr().String())
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	healthy := make(chan struct{}, 16)
	s, err := resolve.Listen(t.Context(), resolve.Config{
		Addrs: []netip.AddrPort{at}, Decider: e, Log: slog.New(slog.DiscardHandler),
		Resolvers: func() resolve.Resolvers {
			return resolve.Resolvers{System: []resolve.Address{resolve.PlainAddress(upstream)}}
		},
		OnHealth: func(h resolve.Health) {
			if h.Up {
				healthy <- struct{}{}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	<-healthy
	return at
}

// asking looks up names at a DNS server.
func asking(at netip.AddrPort) checkup.Asker {
	return checkup.Resolver(&net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, at.String())
	}})
}

// serveInternet answers as the internet would: every name has an address of its
// own, but for those that exist nowhere.
func serveInternet(t *testing.T) netip.AddrPort {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply, ok := answerTo(buf[:n]); ok {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	return netip.MustParseAddrPort(conn.LocalAddr().String())
}

func answerTo(packet []byte) ([]byte, bool) {
	var m dnsmessage.Message
	if err := m.Unpack(packet); err != nil || len(m.Questions) != 1 {
		return nil, false
	}
	q := m.Questions[0]
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionDesired: m.RecursionDesired, RecursionAvailable: true}, Questions: m.Questions}
	name := q.Name.String()
	switch {
	case strings.HasSuffix(name, ".test."):
		reply.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		at := dnsmessage.AResource{A: [4]byte{203, 0, 113, byte(len(name))}}
		reply.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: &at}}
	}
	data, err := reply.Pack()
	return data, err == nil
}
