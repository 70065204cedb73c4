package resolve_test

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"lessonguard/filter"
	"lessonguard/filter/resolve"
)

// family is the people of a PC, by the address that their programs ask from.
type family struct {
	mu       sync.Mutex
	accounts map[netip.AddrPort]string
	sought   int
	seen     []string // audience and verdict
}

func (f *family) asker(_ string, client, _ netip.AddrPort) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sought++
	account, ok := f.accounts[client]
	return account, ok
}

func (f *family) use(c *resolve.Config) {
	f.accounts, c.Asker = map[netip.AddrPort]string{}, f.asker
	c.Seen = func(_ *filter.Rules, a filter.Audience, s *filter.Suffixes, v filter.Verdict) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.seen = append(f.seen, fmt.Sprintf("%d %s", a, v.Reason))
	}
}

// ask has a program of an account ask; "": of one that is not known. It returns
// what was answered, what was seen of it and how often its account was sought.
func (f *family) ask(t *testing.T, s *server, network, account string, q *dns.Msg) (answer string, seen []string, sought int) {
	t.Helper()
	conn, err := dns.Dial(network, s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	from := netip.MustParseAddrPort(conn.LocalAddr().String())
	f.mu.Lock()
	f.sought, f.seen = 0, nil
	if delete(f.accounts, from); account != "" {
		f.accounts[from] = account
	}
	f.mu.Unlock()
	if err := conn.WriteMsg(q); err != nil {
		t.Fatal(err)
	}
	m, err := conn.ReadMsg()
	if err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return summary(m), f.seen, f.sought
}

// home has two learners with levels of their own, a guardian with one, and an
// account that nobody was given.
func home(c *filter.RulesConfig) {
	young := filter.DefaultLevel()
	young.Closed |= filter.CategoriesOf(filter.Games)
	old := filter.DefaultLevel()
	grown := filter.Level{YouTube: filter.YouTubeOpen, Style: filter.NoDistractions, Closed: filter.CategoriesOf(filter.Malware)}
	c.Household.Learners = []filter.Learner{
		{ID: "a", Accounts: []string{"ann"}},
		{ID: "b", Accounts: []string{"ben"}},
	}
	c.Household.Guardians = []string{"mum"}
	c.Policy.Learners = map[string]filter.Level{"a": young, "b": old}
	c.Policy.Guardians = &grown
}

// TestAudiences: everybody gets their own rules, and whoever is not known the
// strictest. Nobody is looked for in vain.
func TestAudiences(t *testing.T) {
	up := newUpstream(t)
	for _, name := range []string{"game", "porn", "secret", "www.search", "free", "childline"} {
		up.add(name + ".example. 60 IN A 192.0.2.1")
	}
	up.add("safe.search.example. 60 IN A 192.0.2.2")
	up.set("alias.example. A", "alias.example. 60 IN CNAME game.example.", "game.example. 60 IN A 192.0.2.1")
	f := &family{}
	s := start(t, f.use, up)
	s.decider.set(home)
	const (
		closed = "0.0.0.0"
		open   = "192.0.2.1"
		safe   = "192.0.2.2"
	)
	for _, tt := range []struct {
		name, account, want string
		seen                []string
		sought              int
	}{
		{"game", "ann", closed, []string{"1 listed"}, 1},
		{"game", "ben", open, nil, 1},
		{"game", "mum", open, nil, 1},
		{"game", "", closed, []string{"0 listed"}, 1},
		{"game", "someone", closed, []string{"0 listed"}, 1},
		{"porn", "ann", closed, []string{"1 listed"}, 1},
		{"porn", "ben", closed, []string{"2 listed"}, 1},
		{"porn", "mum", open, nil, 1},
		{"porn", "", closed, []string{"0 listed"}, 1},
		{"secret", "ann", closed, []string{"1 restricted-list"}, 1},
		{"secret", "ben", closed, []string{"2 restricted-list"}, 1},
		{"secret", "mum", closed, []string{"3 restricted-list"}, 1},
		{"secret", "", closed, []string{"0 restricted-list"}, 1},
		{"www.search", "ben", safe, nil, 1},
		{"www.search", "mum", open, nil, 1},
		{"www.search", "", safe, nil, 1},
		{"free", "ann", open, nil, 0},
		{"free", "mum", open, nil, 0},
		{"childline", "ann", open, nil, 0},
		{"childline", "", open, nil, 0},
	} {
		for _, network := range []string{"udp", "tcp"} {
			got, seen, sought := f.ask(t, s, network, tt.account, query(tt.name+".example.", dns.TypeA))
			ttl := 30
			if tt.want == closed {
				ttl = 10
			}
			if want := fmt.Sprintf("NOERROR; %s.example. %d IN A %s", tt.name, ttl, tt.want); got != want {
				t.Errorf("%s by %q over %s: %s, want %s", tt.name, tt.account, network, got, want)
			}
			if !slices.Equal(seen, tt.seen) || sought != tt.sought {
				t.Errorf("%s by %q over %s: seen %q, sought %d times, want %q, %d", tt.name, tt.account, network, seen, sought, tt.seen, tt.sought)
			}
		}
	}
	const leads = "NOERROR; alias.example. 30 IN CNAME game.example.; game.example. 30 IN A 192.0.2.1"
	for range 2 { // the second from the cache
		for account, want := range map[string]string{
			"ann": "NOERROR; alias.example. 10 IN A 0.0.0.0", "": "NOERROR; alias.example. 10 IN A 0.0.0.0", "ben": leads, "mum": leads,
		} {
			if got, _, sought := f.ask(t, s, "udp", account, query("alias.example.", dns.TypeA)); got != want || sought != 1 {
				t.Errorf("an alias by %q: %s, sought %d times, want %s", account, got, sought, want)
			}
		}
	}
}

// TestNobodyMapped: on a PC whose accounts nobody was given, nobody is looked for.
func TestNobodyMapped(t *testing.T) {
	up := newUpstream(t)
	f := &family{}
	s := start(t, f.use, up)
	for _, name := range []string{"porn.example.", "www.search.example.", "free.example."} {
		if _, _, sought := f.ask(t, s, "udp", "ann", query(name, dns.TypeA)); sought != 0 {
			t.Errorf("%s: sought %d times, want never", name, sought)
		}
	}
}

// TestStricterGuardians: guardians may close for themselves what learners may see.
func TestStricterGuardians(t *testing.T) {
	up := newUpstream(t)
	up.add("game.example. 60 IN A 192.0.2.1")
	f := &family{}
	s := start(t, f.use, up)
	s.decider.set(func(c *filter.RulesConfig) {
		home(c)
		c.Policy.Learners = nil
		c.Policy.Guardians.Closed = filter.CategoriesOf(filter.Games)
	})
	for account, want := range map[string]string{
		"mum": "NOERROR; game.example. 10 IN A 0.0.0.0",
		"ann": "NOERROR; game.example. 30 IN A 192.0.2.1",
		"":    "NOERROR; game.example. 30 IN A 192.0.2.1",
	} {
		if got, _, _ := f.ask(t, s, "udp", account, query("game.example.", dns.TypeA)); got != want {
			t.Errorf("by %q: %s, want %s", account, got, want)
		}
	}
}

// TestAudienceOfNow: the rules in force say whose account it is, even while a
// connection stays open.
func TestAudienceOfNow(t *testing.T) {
	up := newUpstream(t)
	up.add("game.example. 60 IN A 192.0.2.1")
	f := &family{}
	s := start(t, f.use, up)
	s.decider.set(home)
	conn, err := dns.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f.mu.Lock()
	f.accounts[netip.MustParseAddrPort(conn.LocalAddr().String())] = "ben"
	f.mu.Unlock()
	for _, want := range []string{"NOERROR; game.example. 30 IN A 192.0.2.1", "NOERROR; game.example. 10 IN A 0.0.0.0"} {
		if err := conn.WriteMsg(query("game.example.", dns.TypeA)); err != nil {
			t.Fatal(err)
		}
		m, err := conn.ReadMsg()
		if err != nil {
			t.Fatal(err)
		}
		if got := summary(m); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		s.decider.set(func(c *filter.RulesConfig) {
			home(c)
			c.Household.Learners[0].Accounts, c.Household.Learners[1].Accounts = []string{"ben"}, nil
		})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sought != 1 {
		t.Errorf("sought %d times for one connection, want once", f.sought)
	}
}
