package resolve_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter/resolve"
)

func cannot(w dns.ResponseWriter, q *dns.Msg) {
	_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeServerFailure))
}

// TestStandIns: the PC's router is asked in the place of a resolver that no
// longer answers probes, and not of one that says that it cannot answer; behind a
// VPN it is probed, and asked nothing.
func TestStandIns(t *testing.T) {
	for _, alone := range []bool{false, true} {
		t.Run(fmt.Sprintf("alone %v", alone), func(t *testing.T) {
			t.Parallel()
			own, router := newUpstream(t), newUpstream(t)
			changes := make(chan resolve.Health, 16)
			s := start(t, func(c *resolve.Config) {
				c.Resolvers = func() resolve.Resolvers {
					return resolve.Resolvers{
						System: []resolve.Address{resolve.PlainAddress(own.addr)}, StandIns: []resolve.Address{resolve.PlainAddress(router.addr)}, Alone: alone,
					}
				}
				c.OnHealth = func(h resolve.Health) { changes <- h }
			})
			await(t, changes, true)
			n := 0
			// ask asks for a name that nobody asked for before.
			ask := func() (code, routers int) {
				n++
				name := fmt.Sprintf("n%d.corp.example.", n)
				router.add(name + " 60 IN A 192.0.2.1")
				return s.ask(t, "udp", query(name, dns.TypeA)).Rcode, router.count(name)
			}
			own.on(cannot)
			if code, routers := ask(); code != dns.RcodeServerFailure || routers != 0 {
				t.Errorf("it cannot answer: got %s, the router was asked %d times, want SERVFAIL, never", dns.RcodeToString[code], routers)
			}

			own.onAll(cannot)
			s.Nudge()
			code, routers, began := 0, 0, time.Now()
			for probed := own.count("."); time.Since(began) < 20*time.Second; {
				code, routers = ask()
				// Two rounds of probes are enough for health to change.
				if routers > 0 || own.count(".") > probed+3 {
					break
				}
			}
			want := dns.RcodeSuccess
			if alone {
				want = dns.RcodeServerFailure
			}
			if code != want || (routers == 0) != alone || !s.Health().Up {
				t.Errorf("it is dead: got %s, the router was asked %d times, up %v, want %s, up", dns.RcodeToString[code], routers, s.Health().Up, dns.RcodeToString[want])
			}

			router.onAll(cannot)
			s.Nudge()
			await(t, changes, false)
		})
	}
}
