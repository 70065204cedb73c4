package checkup

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"lessonguard/filter"
)

// others are public DNS services that answer encrypted questions, by address
// and by name.
var others = []struct {
	title    string
	at4, at6 netip.Addr
	host     string
}{
	{"Cloudflare", netip.MustParseAddr("1.1.1.1"), netip.MustParseAddr("2606:4700:4700::1111"), "cloudflare-dns.com"},
	{"Google", netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("2001:4860:4860::8888"), "dns.google"},
	{"Quad9", netip.MustParseAddr("9.9.9.9"), netip.MustParseAddr("2620:fe::fe"), "dns.quad9.net"},
}

// Ports of DNS over TLS (RFC 7858) and over HTTPS (RFC 8484).
const (
	portTLS   = 853
	portHTTPS = 443
)

// checkBypass tries to reach DNS services that would answer anything, as a
// program could that does not wish to be filtered. It only connects: nothing is
// asked of them.
func (r *checkup) checkBypass(ctx context.Context) []filter.CheckupResult {
	if x, err := r.explain(ctx, filter.Name(others[0].host)); err == nil && x.Action != filter.Block {
		return one("bypass_open")
	}
	tls, https, names := make([]reach, len(others)), make([]reach, len(others)), make([]answer, len(others))
	var all sync.WaitGroup
	for i, o := range others {
		all.Go(func() { tls[i] = r.dialEither(ctx, o.at4, o.at6, portTLS) })
		all.Go(func() { https[i] = r.dialEither(ctx, o.at4, o.at6, portHTTPS) })
		all.Go(func() { names[i] = r.look(ctx, 0, o.host) })
	}
	all.Wait()
	var f found
	f.things("bypass_tls", which(func(i int) bool { return tls[i] == reached }))
	f.things("bypass_https", which(func(i int) bool { return https[i] == reached }))
	f.things("bypass_names", which(func(i int) bool { return names[i].open() }))
	if len(f) > 0 {
		return f
	}
	// That nobody answers is also so where there is no internet.
	told := slices.Contains(tls, refused) && slices.Contains(https, refused)
	if r.factsErr != nil || !told && !r.online() {
		return one("bypass_unknown")
	}
	return one("bypass_closed")
}

// dialEither tries IPv4 and IPv6, and returns how it ended that got further.
func (r *checkup) dialEither(ctx context.Context, at4, at6 netip.Addr, port uint16) reach {
	var got4 reach
	var both sync.WaitGroup
	both.Go(func() { got4 = r.dial(ctx, at4, port) })
	got6 := r.dial(ctx, at6, port)
	both.Wait()
	return min(got4, got6)
}

func which(is func(int) bool) (titles []string) {
	for i, o := range others {
		if is(i) {
			titles = append(titles, o.title)
		}
	}
	return titles
}
