package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

const pin = "495827"

// A service is a lessonguardd that is running.
type service struct {
	cmd     *exec.Cmd
	at      netip.AddrPort
	lists   string
	control *control.Client
	said    bytes.Buffer // on standard error
}

// start starts a service with a state of its own in dir, which answers when start
// returns.
func start(ctx context.Context, program, dir, lists string, upstream netip.AddrPort) (*service, error) {
	s := &service{lists: filepath.Join(dir, "lists")}
	state, socket, none := filepath.Join(dir, "state"), filepath.Join(dir, "c.sock"), filepath.Join(dir, "catalogue.toml")
	for _, d := range []string{filepath.Join(s.lists, "pornography"), state} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	if lists != "" {
		if err := os.CopyFS(s.lists, os.DirFS(lists)); err != nil {
			return nil, fmt.Errorf("copying the lists: %w", err)
		}
	}
	if err := os.WriteFile(none, []byte("version = 1\n"), 0o600); err != nil { // nothing is fetched
		return nil, err
	}
	var closed strings.Builder
	for i := range closedNames {
		fmt.Fprintln(&closed, closedName(i))
	}
	if err := os.WriteFile(filepath.Join(s.lists, "pornography", "soak.txt"), []byte(closed.String()), 0o600); err != nil {
		return nil, err
	}
	if err := s.put(true); err != nil {
		return nil, err
	}
	s.cmd = exec.CommandContext(context.WithoutCancel(ctx), program, "run", "--state", state, "--control", socket,
		"--listen", "127.0.0.1:0", "--upstream", upstream.String(), "--hook", "none", "--lists", s.lists, "--catalogue", none)
	s.cmd.Env = append(os.Environ(), "GOTRACEBACK=all")
	s.cmd.Stderr = &s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the service: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = s.cmd.Wait()
		return nil, fmt.Errorf("the service did not start: %s", s.said.String())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if s.at, err = netip.ParseAddrPort(strings.TrimSpace(line[strings.LastIndex(line, " ")+1:])); err != nil {
		return nil, errors.Join(fmt.Errorf("the service says %q: %w", line, err), s.stop())
	}
	s.control = control.NewClient(socket)
	if err := s.control.SetPIN(ctx, filter.PINChange{New: pin}); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	// The lists that come with the program are in force from the first question on;
	// those of the folder once they are compiled.
	for range 600 {
		if there, err := s.closes(ctx, swappedName(1)); err != nil || there {
			if err != nil {
				return nil, errors.Join(err, s.stop())
			}
			return s, nil
		}
		pause(ctx, 100*time.Millisecond)
	}
	return nil, errors.Join(errors.New("the lists are not in force after a minute"), s.stop())
}

// closes reports whether a name is closed.
func (s *service) closes(ctx context.Context, name string) (bool, error) {
	n, err := filter.ParseName(name)
	if err != nil {
		return false, err
	}
	got, err := s.control.Explain(ctx, filter.Question{Name: n})
	return got.Action != filter.Open, err
}

// put writes the list that is in every other set.
func (s *service) put(there bool) error {
	var names strings.Builder
	for i := range 100 {
		if there {
			fmt.Fprintln(&names, swappedName(i))
		} else {
			fmt.Fprintf(&names, "other%dx.net\n", i)
		}
	}
	file := filepath.Join(s.lists, "pornography", "swapped.txt")
	if err := os.WriteFile(file+".new", []byte(names.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// swapLists has the service compile and publish another set of lists, again and
// again until ctx is done, and shows each time that it is in force.
func (s *service) swapLists(ctx context.Context, every time.Duration, swaps *atomic.Int64) error {
	for there := false; ; there = !there {
		if pause(ctx, every); ctx.Err() != nil {
			return nil
		}
		if err := s.swap(ctx, there); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		swaps.Add(1)
	}
}

func (s *service) swap(ctx context.Context, there bool) error {
	if err := s.put(there); err != nil {
		return err
	}
	for try := 0; ; try++ {
		err := s.update(ctx)
		if err == nil {
			break
		}
		if try == 1 || !errors.Is(err, filter.ErrForbidden) {
			return fmt.Errorf("swapping the lists: %w", err)
		}
		if _, err := s.control.Unlock(ctx, pin); err != nil { // the session is over
			return fmt.Errorf("swapping the lists: %w", err)
		}
	}
	closed, err := s.closes(ctx, swappedName(1))
	if err != nil {
		return fmt.Errorf("swapping the lists: %w", err)
	}
	if closed != there {
		return fmt.Errorf("a new set of lists is not in force: a name is closed: %v, want %v", closed, there)
	}
	return nil
}

func (s *service) update(ctx context.Context) error {
	for _, err := range s.control.UpdateLists(ctx, filter.ListUpdate{}) {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// stop ends the service as a service manager does.
func (s *service) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the service did not end well: %w: %s", err, s.said.String())
	}
	return nil
}

// A usage is what a service takes: memory in bytes, and numbers.
type usage struct {
	at                  time.Time
	rss, anon           float64
	threads, files, cpu float64 // cpu in seconds
}

var statusField = regexp.MustCompile(`(?m)^(\w+):\s+(\d+)`)

func (s *service) usage() usage {
	u := usage{at: time.Now()}
	proc := fmt.Sprintf("/proc/%d/", s.cmd.Process.Pid)
	text, _ := os.ReadFile(proc + "status") // nothing of it is 0: a service that ended shows in the answers
	for _, m := range statusField.FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.ParseFloat(m[2], 64)
		switch m[1] {
		case "VmRSS":
			u.rss = n * 1024
		case "RssAnon":
			u.anon = n * 1024
		case "Threads":
			u.threads = n
		}
	}
	files, _ := os.ReadDir(proc + "fd")
	u.files = float64(len(files))
	stat, _ := os.ReadFile(proc + "stat")
	if fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])); len(fields) > 12 {
		const ticks = 100 // USER_HZ, the same on every Linux
		user, _ := strconv.ParseFloat(fields[11], 64)
		system, _ := strconv.ParseFloat(fields[12], 64)
		u.cpu = (user + system) / ticks
	}
	return u
}

// goroutines are those of a service at its end, by what made them.
type goroutines struct {
	all  int
	made map[string]int
}

var madeBy = regexp.MustCompile(`(?m)^created by (.*) in goroutine \d+$`)

// dump ends the service in the way that makes Go print every goroutine.
func (s *service) dump() (goroutines, error) {
	g := goroutines{made: map[string]int{}}
	if err := s.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return g, fmt.Errorf("the service has ended: %w: %s", err, s.said.String())
	}
	_ = s.cmd.Wait() // says that it was killed
	for part := range strings.SplitSeq(s.said.String(), "\n\n") {
		if !strings.HasPrefix(strings.TrimSpace(part), "goroutine ") {
			continue
		}
		g.all++
		made := "the program's start"
		if m := madeBy.FindStringSubmatch(part); m != nil {
			made = m[1]
		}
		g.made[made]++
	}
	if g.all == 0 {
		return g, fmt.Errorf("the service printed no goroutines: %s", s.said.String())
	}
	return g, nil
}

// most returns the makers of goroutines, the greatest first.
func (g goroutines) most() []string {
	var names []string
	for name := range g.made {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return g.made[b] - g.made[a] })
	return names
}
