// Hookprobe tries the hooks of lessonguard/filter/system on a PC of the lab: it
// is a minimal DNS answerer that becomes the PC's resolver, and the clients that
// measure what happens when it is killed. It is never shipped.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"lessonguard/filter/system"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := dispatch(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "hookprobe:", err)
		stop()
		os.Exit(1)
	}
}

func dispatch(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "serve":
			return serve(ctx, args[1:])
		case "restore":
			return undo(ctx, args[1:])
		case "hold":
			return system.Hold()
		case "load":
			return load(ctx, args[1:])
		case "origins":
			return origins(args[1:])
		}
	}
	return errors.New("give one of: serve, restore, hold, load, origins")
}

// hookFlags are those of serve and restore.
func hookFlags(f *flag.FlagSet) (*system.HookConfig, *string) {
	c := &system.HookConfig{
		Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53"), netip.MustParseAddrPort("[::1]:53")},
		Log:    slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	f.Func("user", "`NUMBER` of the account whose questions go out as they are", func(s string) error {
		_, err := fmt.Sscan(s, &c.Own.User)
		return err
	})
	f.StringVar(&c.Own.Cgroup, "cgroup", "", "control group whose questions go out as they are")
	f.StringVar(&c.Dir, "state", "", "state directory")
	return c, f.String("hook", "", "which hook (default: the best)")
}

func undo(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("restore", flag.ContinueOnError)
	c, _ := hookFlags(f)
	if err := f.Parse(args); err != nil {
		return err
	}
	return system.Restore(ctx, *c)
}

// serve answers, sets the hook, and restores it when it is told to stop. On
// SIGHUP it opens or closes the ways round, as a lesson does.
func serve(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	c, name := hookFlags(f)
	var rules system.HookRules
	f.BoolVar(&rules.CloseBypass, "close-bypass", false, "refuse DoT, DoQ and the DoH addresses")
	f.Func("doh", "`PREFIX` of a DoH server; may be given again", func(s string) error {
		p, err := netip.ParsePrefix(s)
		rules.DoH = append(rules.DoH, p)
		return err
	})
	upstream := f.String("upstream", "192.168.77.1:53", "`ADDRESS` that questions of the probe itself are passed on to")
	if err := f.Parse(args); err != nil {
		return err
	}
	var names []string
	if *name != "" {
		names = []string{*name}
	}
	a, err := listen(ctx, c.Listen, netip.MustParseAddrPort(*upstream))
	if err != nil {
		return err
	}
	c.Sockets, c.Unanswered, c.Holder = a.sockets(), a.unanswered, []string{"/proc/self/exe", "hold"}
	hook, err := system.Choose(ctx, *c, names...)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := hook.Set(ctx, rules); err != nil {
		return err
	}
	fmt.Printf("hook %s set in %s\n", hook.Name(), time.Since(began).Round(100*time.Microsecond))
	if err := ready(); err != nil {
		return err
	}
	toggle := make(chan os.Signal, 1)
	signal.Notify(toggle, syscall.SIGHUP)
	for tick := time.NewTicker(100 * time.Millisecond); ; {
		select {
		case <-ctx.Done():
			a.close()
			return hook.Restore(context.WithoutCancel(ctx))
		case <-toggle:
			rules.CloseBypass = !rules.CloseBypass
			began := time.Now()
			err := hook.Set(ctx, rules)
			fmt.Printf("set again in %s: %v\n", time.Since(began).Round(100*time.Microsecond), err)
		case <-tick.C:
			if err := hook.Check(ctx); err != nil {
				fmt.Println("check:", err)
				began := time.Now()
				if err := hook.Set(ctx, rules); err != nil {
					return err
				}
				fmt.Printf("taken back in %s\n", time.Since(began).Round(100*time.Microsecond))
			}
		}
	}
}

// ready tells systemd that the hook holds (sd_notify(3)).
func ready() error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	if rest, ok := strings.CutPrefix(path, "@"); ok {
		path = "\x00" + rest
	}
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return fmt.Errorf("telling systemd: %w", err)
	}
	defer syscall.Close(fd)
	if err := syscall.Sendto(fd, []byte("READY=1"), 0, &syscall.SockaddrUnix{Name: path}); err != nil {
		return fmt.Errorf("telling systemd: %w", err)
	}
	return nil
}
