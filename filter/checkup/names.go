package checkup

import (
	"context"
	"sync"

	"lessonguard/filter"
)

// checkAsked: a name that only the running service can answer, in each way that
// programs ask.
func (r *checkup) checkAsked(context.Context) []filter.CheckupResult {
	if r.factsErr != nil {
		return one("asked_unknown")
	}
	var not []string
	for i, us := range r.asked {
		if !us {
			not = append(not, r.Ask[i].Title)
		}
	}
	switch {
	case len(not) == len(r.asked):
		return one("asked_no")
	case len(not) > 0:
		var f found
		f.things("asked_partly", not)
		return f
	}
	return one("asked_yes")
}

// essential are the categories that every preset closes.
func essential() filter.Categories {
	all := ^filter.Categories(0)
	for _, p := range filter.Presets() {
		all &= p.Level().Closed
	}
	return all
}

// checkCategories asks for the test name of each category, and compares with
// what the service says of it.
func (r *checkup) checkCategories(ctx context.Context) []filter.CheckupResult {
	var hosts []string
	for c := range filter.NumCategories {
		hosts = append(hosts, string(c.TestName()))
	}
	answers := r.lookAll(ctx, hosts)
	var closed, leak, opened, open, other, unknown filter.Categories
	for c := range filter.NumCategories {
		x, err := r.explain(ctx, c.TestName())
		of, set := filter.CategoriesOf(c), &unknown
		switch {
		case err != nil:
		case x.Action != filter.Block && essential().Has(c):
			set = &opened
		case x.Action != filter.Block:
			set = &open
		case answers[c].closed():
			set = &closed
		case r.differs && r.us() && answers[c].none():
			set = &other
		default:
			set = &leak
		}
		*set |= of
	}
	var f found
	f.categories("categories_leak", leak)
	f.categories("categories_opened", opened)
	f.categories("categories_other", other)
	f.categories("categories_closed", closed)
	f.categories("categories_open", open)
	f.categories("categories_unknown", unknown)
	return f
}

// checkRestricted: only a list that a licensee signed protects anybody.
func (r *checkup) checkRestricted(ctx context.Context) []filter.CheckupResult {
	switch {
	case r.statusErr != nil:
		return one("restricted_unknown")
	case r.status.Restricted != filter.LicensedRestricted:
		return one("restricted_none")
	case !r.look(ctx, 0, string(filter.RestrictedTestName)).closed():
		return one("restricted_leak")
	}
	return one("restricted_licensed")
}

// engines are the search engines that most people use.
var engines = []struct {
	title   string
	host    filter.Name
	youTube bool
}{
	{"Google", "www.google.com", false},
	{"Bing", "www.bing.com", false},
	{"DuckDuckGo", "duckduckgo.com", false},
	{"YouTube", "www.youtube.com", true},
}

// checkSafeSearch: an engine that is rewritten has the addresses of its safe
// host, whatever these are today.
func (r *checkup) checkSafeSearch(ctx context.Context) []filter.CheckupResult {
	says := make([]string, len(engines))
	var all sync.WaitGroup
	for i, e := range engines {
		all.Go(func() { says[i] = r.safe(ctx, e.host, e.youTube) })
	}
	all.Wait()
	var f found
	for _, id := range []string{"safe_leak", "safe_off", "safe_youtube", "safe_other", "safe_on", "safe_unknown"} {
		var which []string
		for i, e := range engines {
			if says[i] == id {
				which = append(which, e.title)
			}
		}
		f.things(id, which)
	}
	return f
}

func (r *checkup) safe(ctx context.Context, host filter.Name, youTube bool) string {
	x, err := r.explain(ctx, host)
	if err != nil {
		return "safe_unknown"
	}
	plain := r.look(ctx, 0, string(host))
	switch {
	case plain.closed():
		return "safe_on" // closed altogether
	case x.Action != filter.Block && x.Rewrite == "" && youTube:
		return "safe_youtube"
	case x.Action != filter.Block && x.Rewrite == "":
		return "safe_off"
	case !plain.open():
		return "safe_unknown"
	case x.Action != filter.Block:
		safe := r.look(ctx, 0, string(x.Rewrite))
		if plain.shares(safe) {
			return "safe_on"
		}
		if !safe.open() {
			return "safe_unknown"
		}
	}
	if r.differs && r.us() {
		return "safe_other"
	}
	return "safe_leak"
}

// checkCanaries: the names by which browsers ask whether to go round the PC's
// resolver do not exist here.
func (r *checkup) checkCanaries(ctx context.Context) []filter.CheckupResult {
	names := []filter.Name{"use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com"}
	for _, n := range names {
		switch x, err := r.explain(ctx, n); {
		case err != nil:
			return one("canaries_unknown")
		case x.Reason != filter.Canary:
			return one("canaries_open")
		}
	}
	unknown := false
	for _, n := range names {
		switch a := r.look(ctx, 0, string(n)); {
		case a.open():
			return one("canaries_leak")
		case a.err != nil || !r.us():
			unknown = true // nobody answered, or somebody else who may do so for a while
		}
	}
	if unknown {
		return one("canaries_unknown")
	}
	return one("canaries_told")
}
