package checkup

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"lessonguard/filter"
)

// checkService: the service runs, filters, and is pointed at.
func (r *checkup) checkService(context.Context) []filter.CheckupResult {
	switch {
	case r.statusErr != nil:
		return one("service_off")
	case r.status.State == filter.Resting:
		return one("service_resting")
	case r.status.Hook == "" || r.status.Hook == "none":
		return one("service_trial")
	case r.status.State == filter.NoUpstream && r.status.Portal:
		return one("service_portal")
	case r.status.State == filter.NoUpstream:
		return one("service_no_internet")
	case r.status.State != filter.Filtering:
		return one("service_let_go")
	}
	return one("service_on")
}

// checkLately counts what happened to the filtering while nobody looked. That no
// resolver answered is left out: it happens to every PC, and hides nothing.
func (r *checkup) checkLately(ctx context.Context) []filter.CheckupResult {
	notices, err := r.Control.Notices(ctx)
	if err != nil {
		return one("lately_unknown")
	}
	gaps, changes := 0, 0
	for _, n := range notices {
		switch {
		case n.Kind == filter.NoticeNoResolver:
		case n.Kind.Gap():
			gaps += max(n.Times, 1)
		default:
			changes += max(n.Times, 1)
		}
	}
	var f found
	f.count("lately_gaps", gaps)
	f.count("lately_changes", changes)
	if len(f) == 0 {
		return one("lately_quiet")
	}
	return f
}

func (r *checkup) checkClock(context.Context) []filter.CheckupResult {
	switch {
	case r.factsErr != nil:
		return one("clock_unknown")
	case !r.facts.ClockSane:
		return one("clock_wrong")
	}
	return one("clock_right")
}

func (r *checkup) checkBoot(ctx context.Context) []filter.CheckupResult {
	if r.Boot == nil {
		return one("boot_unknown")
	}
	switch starts, err := r.Boot(ctx); {
	case err != nil:
		return one("boot_unknown")
	case !starts:
		return one("boot_no")
	}
	return one("boot_yes")
}

// checkLists: there are lists, more than those that ship, and none is old.
func (r *checkup) checkLists(ctx context.Context) []filter.CheckupResult {
	lists, err := r.Control.Lists(ctx)
	if err != nil {
		return one("lists_unknown")
	}
	by := map[string][]string{}
	count := 0
	for _, l := range lists {
		if l.Category == nil {
			continue // the data file, or a restricted list, which has a check of its own
		}
		by[l.State] = append(by[l.State], l.Title)
		if l.State != filter.ListMissing {
			count++
		}
	}
	var f found
	f.things("lists_failed", by[filter.ListFailed])
	f.things("lists_old", by[filter.ListOld])
	switch {
	case count == 0:
		f = append(f, say("lists_none"))
	case len(by[filter.ListStarter]) == count:
		f = append(f, say("lists_starter"))
	case len(f) == 0:
		fresh := say("lists_fresh")
		fresh.Count = count
		f = append(f, fresh)
	}
	return f
}

// families are public resolvers that filter for families.
var families = []struct {
	title string
	marks []string // addresses, or the host names of encrypted ones
}{
	{"CleanBrowsing", []string{"185.228.168.168", "185.228.169.168", "doh.cleanbrowsing.org", "family-filter-dns.cleanbrowsing.org"}},
	{"Cloudflare for Families", []string{"1.1.1.3", "1.0.0.3", "2606:4700:4700::1113", "2606:4700:4700::1003", "family.cloudflare-dns.com"}},
	{"OpenDNS FamilyShield", []string{"208.67.222.123", "208.67.220.123", "doh.familyshield.opendns.com"}},
}

// guides say how to switch on the filter of a broadband provider or a device.
var guides = []string{"https://www.internetmatters.org/parental-controls/", "https://saferinternet.org.uk/"}

// checkBroadband knows only resolvers that are known to filter. Providers'
// filters have no test name that all of them answer, and asking for a site that
// one would close is not for a PC that a child uses.
func (r *checkup) checkBroadband(ctx context.Context) []filter.CheckupResult {
	asked := r.facts.Upstreams // where the caller may know them
	if len(asked) == 0 && !r.facts.Chosen && r.Resolvers != nil {
		resolvers, err := r.Resolvers(ctx)
		if err == nil {
			for _, at := range resolvers {
				asked = append(asked, at.String())
			}
		}
	}
	var f found
	titles := []string{}
	for _, upstream := range asked {
		title := familyOf(upstream)
		if title == "" {
			titles = nil // one of them filters nothing that we know of
			break
		}
		if !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	f.things("broadband_family", titles)
	if len(f) == 0 && r.facts.Chosen && len(asked) > 0 {
		f = one("broadband_chosen")
	}
	if len(f) == 0 {
		f = found{say("broadband_unknown")}
		f[0].Guides = guides
	}
	return f
}

// familyOf returns the title of a family resolver, by its address as a policy
// holds it, or "".
func familyOf(upstream string) string {
	host := upstream
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host, _, _ = strings.Cut(rest, "/")
	}
	if at, err := netip.ParseAddrPort(host); err == nil {
		host = at.Addr().Unmap().String()
	} else if h, _, ok := strings.Cut(host, ":"); ok && strings.Count(host, ":") == 1 {
		host = h
	}
	for _, f := range families {
		if slices.Contains(f.marks, host) {
			return f.title
		}
	}
	return ""
}
