package checkup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Here fills in what is of this PC and of the account that runs the program:
// everything in c but Control, Ask, Help, Lessons and Resolvers.
func Here(c Config) (Config, error) {
	account, err := user.Current()
	if err != nil {
		return c, fmt.Errorf("finding out whose account this is: %w", err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return c, fmt.Errorf("finding the account's files: %w", err)
	}
	root := filepath.VolumeName(home) + string(filepath.Separator)
	if drive := os.Getenv("SystemDrive"); runtime.GOOS == "windows" && drive != "" {
		root = drive + string(filepath.Separator)
	}
	c.Account = account.Username
	c.Home, c.System = os.DirFS(home), os.DirFS(root)
	c.Browsers, c.Registry = Places(runtime.GOOS), readRegistry
	c.Administrator = administrator
	c.Boot = func(context.Context) (bool, error) { return startsWithPC(c.System, runtime.GOOS) }
	c.Dial = new(net.Dialer).DialContext
	c.Now = time.Now
	return c, nil
}

// Hosts returns the host names in addresses of web pages, each once.
func Hosts(pages []string) []string {
	var hosts []string
	for _, page := range pages {
		if u, err := url.Parse(page); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// Own is how programs ask that use Go's resolver, as this one does: by the
// libraries of the OS on Windows and macOS, by /etc/resolv.conf on others.
func Own(title string) Asker { return Asker{title, resolver(net.DefaultResolver)} }

// resolver returns how r looks up names.
func resolver(r *net.Resolver) func(context.Context, string) ([]netip.Addr, error) {
	return func(ctx context.Context, host string) ([]netip.Addr, error) {
		// The dot keeps search domains out of it.
		addrs, err := r.LookupNetIP(ctx, "ip", strings.TrimSuffix(host, ".")+".")
		var failed *net.DNSError
		if errors.As(err, &failed) && failed.IsNotFound {
			return nil, nil
		}
		if err != nil {
			return nil, errors.New("looking up a name: nobody answered") // and which name is nobody's to know
		}
		return addrs, nil
	}
}
