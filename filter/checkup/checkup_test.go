package checkup_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/checkup"
	"lessonguard/resources/directory"
)

var (
	nowhere = netip.IPv4Unspecified()
	proof   = netip.MustParseAddr("198.18.7.7")
	web     = netip.MustParseAddr("203.0.113.7")
	safe    = netip.MustParseAddr("203.0.113.8")
)

// service is a filter for tests. What is not asked for below must not be.
type service struct {
	filter.Control
	err       error
	status    filter.Status
	household filter.Household
	policy    *filter.Policy // nil: not for the caller
	open      filter.Categories
	rewrites  bool
	clock     bool
	lists     []filter.ListState
	upstreams []string
	chosen    bool
	notices   []filter.Notice
}

func (s *service) Status(context.Context) (filter.Status, error)       { return s.status, s.err }
func (s *service) Household(context.Context) (filter.Household, error) { return s.household, s.err }
func (s *service) Lists(context.Context) ([]filter.ListState, error)   { return s.lists, s.err }

func (s *service) Notices(context.Context) ([]filter.Notice, error) { return s.notices, s.err }

func (s *service) Policy(context.Context) (filter.Policy, error) {
	if s.policy == nil {
		return filter.Policy{}, filter.ErrForbidden
	}
	return *s.policy, s.err
}

func (s *service) Checkup(_ context.Context, nonce string) (filter.CheckupFacts, error) {
	if len(nonce) < 16 {
		return filter.CheckupFacts{}, filter.ErrBadAsk
	}
	return filter.CheckupFacts{Name: "proof." + filter.CheckupParent, Address: proof, ClockSane: s.clock, Upstreams: s.upstreams, Chosen: s.chosen}, s.err
}

func (s *service) Explain(_ context.Context, q filter.Question) (filter.Explanation, error) {
	x := filter.Explanation{Name: q.Name}
	for c := range filter.NumCategories {
		switch {
		case c.TestName() != q.Name:
		case s.open.Has(c):
			x.Action, x.Reason, x.Category = filter.NoData, filter.TestName, &c
		default:
			x.Action, x.Reason = filter.Block, filter.Listed
		}
	}
	switch q.Name {
	case "use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com":
		if !s.open.Has(filter.Bypass) {
			x.Action, x.Reason = filter.NoName, filter.Canary
		}
	case "cloudflare-dns.com":
		if !s.open.Has(filter.Bypass) {
			x.Action, x.Reason = filter.Block, filter.Listed
		}
	case "www.google.com", "www.bing.com", "duckduckgo.com", "www.youtube.com":
		if s.rewrites {
			x.Rewrite = "safe.example"
		}
	}
	return x, s.err
}

// home is a PC at a family's for tests, where all is well.
type home struct {
	checkup.Config
	service service
	mu      sync.Mutex
	asked   []string
	answers map[string]netip.Addr // by name; what is not there does not exist
	fails   error                 // of looking up
	reached map[string]bool       // what can be connected to, by address and port
	refused bool                  // what cannot be, is refused
	admin   map[string]bool
}

func newHome() *home {
	h := &home{
		service: service{
			status:    filter.Status{State: filter.Filtering, Hook: "nftables", Restricted: filter.LicensedRestricted},
			household: filter.Household{Learners: []filter.Learner{{ID: "1", Name: "Leo", Accounts: []string{"leo"}}}, Guardians: []string{"priya"}},
			open:      filter.CategoriesOf(filter.Games, filter.Misinformation), rewrites: true, clock: true,
			lists: []filter.ListState{
				{ID: "a", Title: "A", Category: new(filter.Gambling), State: filter.ListFresh},
				{ID: "b", Title: "B", Category: new(filter.Gambling), State: filter.ListStarter},
				{ID: "c", Title: "Secret", State: filter.ListLicensed},
			},
			upstreams: []string{"1.1.1.3:53", "https://family.cloudflare-dns.com/dns-query"},
		},
		answers: map[string]netip.Addr{
			"proof." + string(filter.CheckupParent): proof, string(filter.RestrictedTestName): nowhere,
			"cloudflare-dns.com": nowhere, "dns.google": nowhere, "dns.quad9.net": nowhere,
			"www.google.com": safe, "www.bing.com": safe, "duckduckgo.com": safe, "www.youtube.com": safe, "safe.example": safe,
			"www.gov.uk": web, "help.example": web, "more.example": web, "www.tutor.example": web, "zoom.example": web,
		},
		reached: map[string]bool{"203.0.113.7:443": true}, refused: true, admin: map[string]bool{"priya": true},
	}
	for c := range filter.NumCategories {
		if !h.service.open.Has(c) {
			h.answers[string(c.TestName())] = nowhere
		}
	}
	h.Config = checkup.Config{
		Control: &h.service, Account: "leo",
		Ask:  []checkup.Asker{{Title: "getaddrinfo", Look: h.look}, {Title: "/etc/resolv.conf", Look: h.look}},
		Dial: h.dial,
		Help: []string{"help.example", "more.example"},
		Lessons: func(filter.Provider) []checkup.Lesson {
			return []checkup.Lesson{{"Tutor", "tutor.example"}, {"Zoom", "zoom.example"}}
		},
		Administrator: func(account string) (bool, error) { return h.admin[account], nil },
		Boot:          func(context.Context) (bool, error) { return true, nil },
		Home:          files(".config/chromium/Local State", "{}"), System: files(), Browsers: checkup.Places("linux"),
		Now: func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) },
	}
	return h
}

func (h *home) look(_ context.Context, host string) ([]netip.Addr, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, host)
	if h.fails != nil {
		return nil, h.fails
	}
	if at, ok := h.answers[host]; ok {
		return []netip.Addr{at}, nil
	}
	return nil, nil
}

func (h *home) dial(_ context.Context, _, address string) (net.Conn, error) {
	if h.reached[address] {
		ours, theirs := net.Pipe()
		_ = theirs.Close()
		return ours, nil
	}
	if h.refused {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	return nil, &net.OpError{Op: "dial", Err: errors.New("i/o timeout")}
}

// says returns what a checkup says, each with what it says it of.
func says(t *testing.T, c checkup.Config) map[string]string {
	t.Helper()
	record, err := checkup.Run(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range record.Results {
		if _, twice := all[r.Say]; twice && !r.General() {
			t.Errorf("%s is said twice", r.Say)
		}
		of := slices.Clone(r.Things)
		for _, c := range r.Categories {
			of = append(of, c.String())
		}
		all[r.Say] = strings.Join(of, ",")
	}
	return all
}

func TestAllIsWell(t *testing.T) {
	h := newHome()
	var seen []filter.CheckupProgress
	record, err := checkup.Run(t.Context(), h.Config, func(p filter.CheckupProgress) { seen = append(seen, p) })
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range record.Results {
		if r.Outcome != filter.CheckupPass && r.Say != "categories_open" {
			t.Errorf("%+v, want a pass", r)
		}
	}
	var order []filter.CheckupCheck
	for _, r := range record.Results {
		order = append(order, r.Check)
	}
	if got := slices.Compact(order); !slices.Equal(got, filter.CheckupChecks()) {
		t.Errorf("checks %v, want each, in order", got)
	}
	if first, last := seen[0], seen[len(seen)-1]; first.Done != 0 || last.Done != last.Of || !slices.IsSortedFunc(seen, func(a, b filter.CheckupProgress) int { return a.Done - b.Done }) {
		t.Errorf("progress %v, want it to begin at none and end at all", seen)
	}
	// What another resolver writes down of a checkup must not tell more than
	// that there was one.
	first := slices.Sorted(slices.Values(h.asked))
	h.asked = nil
	says(t, h.Config)
	if again := slices.Sorted(slices.Values(h.asked)); !slices.Equal(first, again) {
		t.Errorf("asked for %v, then for %v", first, again)
	}
	data, err := json.Marshal(record)
	if err != nil || strings.Contains(string(data), ".example") && !strings.Contains(string(data), "Tutor") || strings.Contains(string(data), "help.example") {
		t.Errorf("the record names a help service: %s, %v", data, err)
	}
}

// TestFinds: each thing that can be wrong is found, and is all that is.
func TestFinds(t *testing.T) {
	well := says(t, newHome().Config)
	timeout := errors.New("nobody answered")
	for _, tt := range []struct {
		why   string
		wrong func(*home)
		want  string // sayings that appear, with what they are of
	}{
		{"a trial", func(h *home) { h.service.status.Hook = "none" }, "service_trial"},
		{"between lessons", func(h *home) {
			h.service.status.State = filter.Resting
			h.answers["proof."+string(filter.CheckupParent)] = web
		}, "resting service_resting"},
		{"the hook was let go", func(h *home) { h.service.status.State = filter.LetGo }, "service_let_go"},
		{"a hotel", func(h *home) { h.service.status.State, h.service.status.Portal = filter.NoUpstream, true }, "service_portal"},
		{"a crash, a change of hosts, and no internet", func(h *home) {
			h.service.notices = []filter.Notice{{Kind: filter.NoticeKilled}, {Kind: filter.NoticeHosts}, {Kind: filter.NoticeNoResolver}}
		}, "lately_gaps lately_changes"},
		{"the internet was off", func(h *home) { h.service.notices = []filter.Notice{{Kind: filter.NoticeNoResolver, Times: 7}} }, ""},
		{"the service has no upstream", func(h *home) { h.service.status.State = filter.NoUpstream }, "service_no_internet"},
		{"another resolver", func(h *home) { h.answers["proof."+string(filter.CheckupParent)] = web }, "asked_no canaries_unknown"},
		{"some programs ask another", func(h *home) {
			h.Ask[1].Look = func(context.Context, string) ([]netip.Addr, error) { return nil, nil }
		}, "asked_partly:/etc/resolv.conf"},
		{"a category leaks", func(h *home) { h.answers[string(filter.Gambling.TestName())] = web }, "categories_leak:gambling"},
		{"a category is not answered", func(h *home) { delete(h.answers, string(filter.Drugs.TestName())) }, "categories_leak:drugs"},
		{"the guardian opened one", func(h *home) { h.service.open |= filter.CategoriesOf(filter.Gambling) }, "categories_opened:gambling"},
		{"a guardian's own level", func(h *home) {
			h.Account = "priya"
			delete(h.answers, string(filter.Drugs.TestName()))
		}, "categories_other:drugs"},
		{"a guardian without a level", func(h *home) {
			h.Account, h.service.policy = "priya", new(filter.DefaultPolicy())
			delete(h.answers, string(filter.Drugs.TestName()))
		}, "categories_leak:drugs"},
		{"no restricted list", func(h *home) { h.service.status.Restricted = filter.NoRestricted }, "restricted_none"},
		{"a sample", func(h *home) { h.service.status.Restricted = filter.SampleRestricted }, "restricted_none"},
		{"a list that is not in force", func(h *home) { delete(h.answers, string(filter.RestrictedTestName)) }, "restricted_leak"},
		{"one engine is not safe", func(h *home) { h.answers["www.bing.com"] = web }, "safe_leak:Bing"},
		{"safe search is off", func(h *home) { h.service.rewrites = false }, "safe_off:Google,Bing,DuckDuckGo safe_youtube:YouTube"},
		{"a canary lives", func(h *home) { h.answers["use-application-dns.net"] = web }, "canaries_leak"},
		{"ways round are open", func(h *home) { h.service.open |= filter.CategoriesOf(filter.Bypass) }, "bypass_open canaries_open categories_opened:bypass"},
		{"DoT is open", func(h *home) { h.reached["9.9.9.9:853"] = true }, "bypass_tls:Quad9"},
		{"DoH is open", func(h *home) { h.reached["1.1.1.1:443"] = true }, "bypass_https:Cloudflare"},
		{"DoT is open over IPv6", func(h *home) { h.reached["[2620:fe::fe]:853"] = true }, "bypass_tls:Quad9"},
		{"DoH is open by name", func(h *home) { h.answers["dns.google"] = web }, "bypass_names:Google"},
		{"a router drops what goes round", func(h *home) { h.refused = false }, ""},
		{"a browser of its own mind", func(h *home) {
			h.Home = files(".config/chromium/Local State", `{"dns_over_https":{"mode":"secure"}}`)
		}, "browsers_own:Chromium"},
		{"no browser", func(h *home) { h.Home = files() }, "browsers_none"},
		{"another filter closes help", func(h *home) { h.answers["help.example"] = nowhere }, "help_closed"},
		{"help is not found", func(h *home) { delete(h.answers, "help.example") }, "help_some"},
		{"a lesson site is closed", func(h *home) { h.answers["zoom.example"] = nowhere }, "lessons_closed:Zoom"},
		{"a lesson site is down", func(h *home) { h.answers["zoom.example"] = safe }, "lessons_unreachable:Zoom"},
		{"no provider", func(h *home) { h.Lessons = func(filter.Provider) []checkup.Lesson { return nil } }, "lessons_none"},
		{"the router's resolver", func(h *home) { h.service.upstreams = []string{"192.168.1.1:53"} }, "broadband_unknown"},
		{"two resolvers, one a family's", func(h *home) { h.service.upstreams = []string{"1.1.1.3:53", "192.168.1.1:53"} }, "broadband_unknown"},
		{"resolvers that the guardian chose", func(h *home) { h.service.upstreams, h.service.chosen = []string{"192.0.2.1:53"}, true }, "broadband_chosen"},
		{"another of a family's, chosen", func(h *home) { h.service.upstreams, h.service.chosen = []string{"185.228.168.168:53"}, true }, ""},
		{"chosen ones, of which a learner does not know", func(h *home) { h.service.upstreams, h.service.chosen = nil, true }, "broadband_unknown"},
		{"a learner may do all", func(h *home) { h.admin["leo"] = true }, "accounts_admin:Leo"},
		{"a shared account", func(h *home) { h.service.household.Guardians = []string{"leo"} }, "accounts_shared:Leo"},
		{"no account", func(h *home) { h.service.household.Learners[0].Accounts = nil }, "accounts_none:Leo"},
		{"an adult", func(h *home) { h.service.household.Learners[0].Adult = true }, "accounts_nobody"},
		{"accounts that cannot be read", func(h *home) {
			h.Administrator = func(string) (bool, error) { return false, errors.New("x") }
		}, "accounts_unknown"},
		{"starter lists", func(h *home) { h.service.lists = h.service.lists[1:] }, "lists_starter"},
		{"an old list", func(h *home) { h.service.lists[0].State = filter.ListOld }, "lists_old:A"},
		{"a list that failed", func(h *home) { h.service.lists[0].State = filter.ListFailed }, "lists_failed:A"},
		{"no list", func(h *home) { h.service.lists = nil }, "lists_none"},
		{"not started with the PC", func(h *home) { h.Boot = func(context.Context) (bool, error) { return false, nil } }, "boot_no"},
		{"not known", func(h *home) { h.Boot = nil }, "boot_unknown"},
		{"the clock", func(h *home) { h.service.clock = false }, "clock_wrong"},
		{"no internet", func(h *home) {
			h.refused, h.reached = false, nil
			for _, n := range []string{"www.gov.uk", "help.example", "more.example", "www.tutor.example", "zoom.example", "safe.example", "www.google.com", "www.bing.com", "duckduckgo.com", "www.youtube.com"} {
				delete(h.answers, n)
			}
		}, "bypass_unknown help_unknown lessons_unknown safe_unknown:Google,Bing,DuckDuckGo,YouTube"},
		{"no resolver answers", func(h *home) { h.fails, h.refused, h.reached = timeout, false, nil }, "asked_no bypass_unknown canaries_unknown categories_leak:" +
			"pornography,gambling,malware,drugs,self-harm,violence,extremism,discrimination,piracy,bypass,dating,ai-companions,social-media,messaging,streaming,shopping,generative-ai " +
			"help_unknown lessons_unknown restricted_leak safe_unknown:Google,Bing,DuckDuckGo,YouTube"},
		{"no service", func(h *home) {
			h.service.err = filter.ErrNotRunning
			h.service.upstreams = nil
		}, "accounts_unknown asked_unknown bypass_unknown broadband_unknown canaries_unknown categories_unknown:" +
			"pornography,gambling,malware,drugs,self-harm,violence,extremism,discrimination,piracy,bypass,dating,ai-companions,social-media,messaging,games,streaming,shopping,generative-ai,misinformation " +
			"clock_unknown lately_unknown lessons_unknown lists_unknown restricted_unknown safe_unknown:Google,Bing,DuckDuckGo,YouTube service_off"},
	} {
		h := newHome()
		tt.wrong(h)
		got := says(t, h.Config)
		sayings := checkup.Sayings()
		for id := range well {
			if got[id] == well[id] || sayings[id].Outcome == filter.CheckupPass || id == "categories_open" {
				delete(got, id)
			}
		}
		for id := range got {
			if sayings[id].Outcome == filter.CheckupPass {
				delete(got, id)
			}
		}
		var list []string
		for _, id := range slices.Sorted(maps.Keys(got)) {
			if got[id] != "" {
				id += ":" + got[id]
			}
			list = append(list, id)
		}
		want := strings.Fields(tt.want)
		slices.Sort(want)
		if !slices.Equal(list, want) {
			t.Errorf("%s:\n got %q\nwant %q", tt.why, list, want)
		}
	}
}

// TestLate: what hangs costs no more than the limit, and is said to be late.
func TestLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHome()
		hang := make(chan struct{})
		defer close(hang)
		h.Boot = func(context.Context) (bool, error) { <-hang; return true, nil }
		start := time.Now()
		record, err := checkup.Run(t.Context(), h.Config, nil)
		if err != nil || time.Since(start) != checkup.Limit {
			t.Fatalf("ended after %v with %v, want %v", time.Since(start), err, checkup.Limit)
		}
		for _, r := range record.Results {
			if (r.Check == filter.CheckBoot) != (r.Say == filter.CheckupSlow) || r.Say == filter.CheckupSlow && r.Outcome != filter.CheckupNotChecked {
				t.Errorf("%+v, want only what hangs to be late", r)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, stop)
		start = time.Now()
		if record, err := checkup.Run(ctx, h.Config, nil); !errors.Is(err, context.Canceled) || len(record.Results) > 0 || time.Since(start) != time.Second {
			t.Errorf("stopped after %v with %v, %d results", time.Since(start), err, len(record.Results))
		}
	})
}

// TestTestNames: the names asked for are those that the filter knows.
func TestTestNames(t *testing.T) {
	data, err := assets.Lists.ReadFile("lists/testnames.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"restricted\t" + string(filter.RestrictedTestName)}
	for c := range filter.NumCategories {
		want = append(want, c.String()+"\t"+string(c.TestName()))
	}
	for _, line := range want {
		if !strings.Contains(string(data), "\n"+line+"\n") {
			t.Errorf("testnames.tsv lacks %q", line)
		}
	}
}

// TestWords: everything that can be said has words in both languages.
func TestWords(t *testing.T) {
	for _, language := range []string{"en", "cy"} {
		words := load(t, language)
		need := func(key string) {
			if words[key] == "" {
				t.Errorf("%s lacks %s", language, key)
			}
		}
		for _, c := range filter.CheckupChecks() {
			need("checkup.why." + string(c))
			need("checkup.check." + string(c))
		}
		for _, id := range []string{filter.CheckupSlow, filter.CheckupResting} {
			need("checkup.general." + id)
			need("checkup.general_fix." + id)
		}
		for _, o := range filter.CheckupOutcomes() {
			need("checkup.outcome." + string(o))
		}
		for id, r := range checkup.Sayings() {
			need("checkup.say." + id)
			if r.Outcome != filter.CheckupPass {
				need("checkup.fix." + id)
			}
		}
		for key := range words {
			for _, kind := range []string{"checkup.say.", "checkup.fix."} {
				id, ok := strings.CutPrefix(key, kind)
				if r, known := checkup.Sayings()[id]; ok && (!known || kind == "checkup.fix." && r.Outcome == filter.CheckupPass) {
					t.Errorf("%s has %s, which is never said", language, key)
				}
			}
		}
	}
}

func load(t *testing.T, language string) (words map[string]string) {
	t.Helper()
	data, err := assets.Translations.ReadFile("translations/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &words); err != nil {
		t.Fatal(err)
	}
	return words
}

func TestFamilyResolvers(t *testing.T) {
	for upstream, want := range map[string]string{
		"1.1.1.3": "Cloudflare for Families", "1.1.1.3:53": "Cloudflare for Families", "[2606:4700:4700::1113]:53": "Cloudflare for Families",
		"2606:4700:4700::1113": "Cloudflare for Families", "tls://family.cloudflare-dns.com": "Cloudflare for Families",
		"https://doh.cleanbrowsing.org/doh/family-filter/": "CleanBrowsing", "tls://family.cloudflare-dns.com:853": "Cloudflare for Families",
		"1.1.1.1": "", "192.168.1.1:53": "", "": "", "https://evil.example/?1.1.1.3": "",
	} {
		if got := checkup.FamilyOf(upstream); got != want {
			t.Errorf("FamilyOf(%q) = %q, want %q", upstream, got, want)
		}
	}
}

func TestStartsWithPC(t *testing.T) {
	for _, tt := range []struct {
		goos, path string
		want, ok   bool
	}{
		{"linux", "etc/systemd/system/multi-user.target.wants/lessonguard.service", true, true},
		{"linux", "etc/systemd/system/lessonguard.service", false, true},
		{"linux", "etc/init.d/lessonguard", false, false},
		{"darwin", "Library/LaunchDaemons/uk.lessonguard.service.plist", true, true},
		{"darwin", "Library/LaunchDaemons/other.plist", false, true},
		{"windows", "x", false, false},
	} {
		got, err := checkup.StartsWithPC(files(tt.path, ""), tt.goos)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("%s with %s: %v, %v, want %v", tt.goos, tt.path, got, err, tt.want)
		}
	}
}

func TestLessons(t *testing.T) {
	got := checkup.Lessons([]string{"tutor.example"}, []string{"zoom", "meet", "missing"}, []filter.Bundle{
		{ID: "zoom", Title: "Zoom", Names: []filter.Name{"zoom.example", "zm.example"}},
		{ID: "meet", Title: "Meet", Exact: []filter.Name{"meet.example"}},
		{ID: "other", Title: "Other", Names: []filter.Name{"other.example"}},
	})
	want := []checkup.Lesson{{"tutor.example", "tutor.example"}, {"Zoom", "zoom.example"}, {"Meet", "meet.example"}}
	if !slices.Equal(got, want) {
		t.Errorf("Lessons = %v, want %v", got, want)
	}
}

// TestHelpLeavesNoTrace: all help services that are looked up are protected
// names, which the service neither logs nor counts.
func TestHelpLeavesNoTrace(t *testing.T) {
	services, err := directory.Load(assets.Services)
	if err != nil {
		t.Fatal(err)
	}
	protected, err := directory.Protected(assets.Services, services)
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, s := range services {
		pages = append(pages, s.URL)
	}
	hosts := checkup.Hosts(pages)
	for _, want := range []string{"www.childline.org.uk", "www.ceop.police.uk"} {
		if !slices.Contains(hosts, want) {
			t.Errorf("%s is not looked up", want)
		}
	}
	for _, h := range hosts {
		if !slices.ContainsFunc(protected, func(p string) bool { return filter.Name(h).Under(filter.Name(p)) }) {
			t.Errorf("%s is looked up and is not protected", h)
		}
	}
}
