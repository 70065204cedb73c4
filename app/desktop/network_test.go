package desktop_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/app/desktop"
)

func TestNetwork(t *testing.T) {
	at := func(addresses ...string) func() ([]net.Addr, error) {
		return func() (all []net.Addr, err error) {
			for _, a := range addresses {
				ip, subnet, err := net.ParseCIDR(a)
				if err != nil {
					return nil, err
				}
				subnet.IP = ip
				all = append(all, subnet)
			}
			return all, nil
		}
	}
	none := at("127.0.0.1/8", "::1/128", "fe80::1/64")
	home, reordered := at("192.0.2.7/24", "2001:db8::7/64"), at("2001:db8::7/64", "192.0.2.7/24")
	for _, tt := range []struct {
		name          string
		before, after func() ([]net.Addr, error)
		want          int
	}{
		{"back", none, home, 1},
		{"another", home, at("198.51.100.7/24"), 1},
		{"the same", home, home, 0},
		{"the same in another order", home, reordered, 0},
		{"gone", home, none, 0},
		{"not to be had", home, func() ([]net.Addr, error) { return nil, errors.New("no") }, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			now, came := tt.before, 0
			ctx, stop := context.WithCancel(t.Context())
			go desktop.Network{
				Came: func() { came++ },
				Addresses: func() ([]net.Addr, error) {
					mu.Lock()
					defer mu.Unlock()
					return now()
				},
			}.Run(ctx)
			synctest.Wait()
			mu.Lock()
			now = tt.after
			mu.Unlock()
			time.Sleep(time.Minute)
			synctest.Wait()
			if came != tt.want {
				t.Errorf("%s: came %d times, want %d", tt.name, came, tt.want)
			}
			stop()
			synctest.Wait()
		})
	}
}
