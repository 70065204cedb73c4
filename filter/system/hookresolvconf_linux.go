package system

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/godbus/dbus/v5"
)

// The resolv.conf hook names the service in /etc/resolv.conf, for a PC that has
// nothing better. It catches what reads that file and nothing else.
//
// Unlike the others it outlives us. So the resolvers that were there stay, in
// second place: where the service is gone, its address refuses and the C library
// asks them at once.
type resolvConfHook struct {
	config HookConfig
	mu     sync.Mutex
}

const (
	resolvConfMark = "# Made by Lessonguard. What was here before is put back when it stops."
	// NetworkManager would write resolv.conf anew with each connection. In /run,
	// so that a PC that loses power starts without it.
	nmDropIn = "run/NetworkManager/conf.d/90-lessonguard.conf"
	nmNoDNS  = "# Made by Lessonguard, while it is this PC's resolver.\n[main]\ndns=none\n"
	// maxResolvers is how many the C library reads (MAXNS).
	maxResolvers = 3
)

func newResolvConf(c HookConfig) *resolvConfHook { return &resolvConfHook{config: c.logged()} }

func (*resolvConfHook) Name() string { return "resolv.conf" }

func (h *resolvConfHook) file(path string) string { return filepath.Join("/", h.config.Root, path) }

// journal opens the journal, and believes only one that the account we run as
// wrote, of the two files that are changed here. Root puts back what an
// unprivileged service left, in a directory of that service's: one that was taken
// over could have root write any file else.
func (h *resolvConfHook) journal() (*journal, error) {
	path := filepath.Join(h.config.Dir, "resolvconf.journal")
	info, err := os.Lstat(path)
	if err == nil {
		if owner, ok := info.Sys().(*syscall.Stat_t); !ok || !info.Mode().IsRegular() || int(owner.Uid) != os.Geteuid() {
			h.config.Log.Warn("a journal of another account's is left alone", "path", path)
			return &journal{path: path}, nil
		}
	}
	j, err := openJournal(path)
	if err != nil {
		return nil, err
	}
	j.changes = slices.DeleteFunc(j.changes, func(c change) bool {
		return c.Path != h.file(resolvConf) && c.Path != h.file(nmDropIn)
	})
	return j, nil
}

func (h *resolvConfHook) possible(context.Context) error {
	if h.config.Dir == "" {
		return errors.New("writing down what is changed: no state directory is given")
	}
	if _, _, err := loopback(h.config.Listen); err != nil {
		return err
	}
	for _, at := range h.config.Listen {
		if at.Port() != 53 {
			return fmt.Errorf("naming %s in resolv.conf: only port 53 can be named there", at)
		}
	}
	// Who may make a file beside it may replace it.
	probe := h.file(resolvConf) + journalNew
	f, err := os.Create(probe)
	if err != nil {
		return fmt.Errorf("replacing resolv.conf: %w", err)
	}
	return errors.Join(f.Close(), os.Remove(probe))
}

func (h *resolvConfHook) Set(ctx context.Context, _ HookRules) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := listening(ctx, h.config.Listen); err != nil {
		return err
	}
	j, err := h.journal()
	if err != nil {
		return err
	}
	if dir := filepath.Dir(filepath.Dir(h.file(nmDropIn))); isDir(dir) {
		if err := os.MkdirAll(filepath.Dir(h.file(nmDropIn)), 0o755); err != nil {
			return fmt.Errorf("keeping NetworkManager from resolv.conf: %w", err)
		}
		if err := j.Change(h.file(nmDropIn), []byte(nmNoDNS)); err != nil {
			return errors.Join(fmt.Errorf("keeping NetworkManager from resolv.conf: %w", err), h.undo(ctx, j))
		}
		if err := h.reloadNM(ctx); err != nil {
			return errors.Join(err, h.undo(ctx, j))
		}
	}
	path := h.file(resolvConf)
	now, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("reading resolv.conf: %w", err), h.undo(ctx, j))
	}
	if bytes.HasPrefix(now, []byte(resolvConfMark)) { // of a crash, or set before
		now = j.Was(path)
	}
	if err := j.Change(path, resolvConfFor(now, h.config.Listen)); err != nil {
		return errors.Join(fmt.Errorf("naming the service in resolv.conf: %w", err), h.undo(ctx, j))
	}
	return nil
}

func (h *resolvConfHook) Check(context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	j, err := h.journal()
	if err != nil {
		return err
	}
	if !j.Changed() {
		return ErrNotHeld
	}
	if err := j.Held(); err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	return nil
}

func (h *resolvConfHook) Restore(ctx context.Context) error {
	if h.config.Dir == "" {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	j, err := h.journal()
	if err != nil {
		return errors.Join(err, h.withoutJournal(ctx))
	}
	if !j.Changed() {
		return h.withoutJournal(ctx)
	}
	if err := h.undo(ctx, j); err != nil {
		return err
	}
	h.config.Log.Info("put resolv.conf back as it was")
	return nil
}

func (h *resolvConfHook) undo(ctx context.Context, j *journal) error {
	return errors.Join(j.Undo(), h.reloadNM(ctx))
}

// withoutJournal takes us out of resolv.conf where the journal is lost: what was
// there is in second place.
func (h *resolvConfHook) withoutJournal(ctx context.Context) error {
	path := h.file(resolvConf)
	now, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(now, []byte(resolvConfMark)) {
		return nil
	}
	rest := now[len(resolvConfMark):]
	for _, at := range h.config.Listen {
		rest = bytes.Replace(rest, []byte("nameserver "+at.Addr().String()+"\n"), nil, 1)
	}
	err = image{Exists: true, Contents: bytes.TrimLeft(rest, "\n"), Mode: 0o644}.write(path)
	if err := os.Remove(h.file(nmDropIn)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("giving resolv.conf back to NetworkManager: %w", err)
	}
	h.config.Log.Info("took Lessonguard out of resolv.conf")
	return errors.Join(err, h.reloadNM(ctx))
}

// reloadNM makes NetworkManager read its configuration, if it runs. Of another
// root than this PC's there is none.
func (h *resolvConfHook) reloadNM(ctx context.Context) error {
	if h.config.Root != "" {
		return nil
	}
	err := onBus(ctx, func(ctx context.Context, bus *dbus.Conn) error {
		const nm = "org.freedesktop.NetworkManager"
		if running, err := runs(ctx, bus, nm); err != nil || !running {
			return nil //nolint:nilerr // no NetworkManager
		}
		const everything = uint32(0)
		if err := bus.Object(nm, "/org/freedesktop/NetworkManager").CallWithContext(ctx, nm+".Reload", 0, everything).Err; err != nil {
			return fmt.Errorf("making NetworkManager read its configuration: %w", err)
		}
		return nil
	})
	if errors.Is(err, errNoBus) {
		return nil // nor NetworkManager
	}
	return err
}

// resolvConfFor returns a resolv.conf(5) that names the service before the
// resolvers of was, and keeps everything else of it.
func resolvConfFor(was []byte, listen []netip.AddrPort) []byte {
	var b strings.Builder
	b.WriteString(resolvConfMark + "\n")
	left := maxResolvers - 1 // at least one of those that were there
	var ours []string
	for _, at := range listen {
		ours = append(ours, at.Addr().String())
	}
	for _, addr := range ours[:min(len(ours), left)] {
		fmt.Fprintf(&b, "nameserver %s\n", addr)
	}
	left = maxResolvers - min(len(ours), left)
	for lines := bufio.NewScanner(bytes.NewReader(was)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) < 2 || strings.HasPrefix(fields[0], "#") || strings.HasPrefix(fields[0], ";"):
		case fields[0] == "nameserver":
			if left > 0 && !slices.Contains(ours, fields[1]) {
				fmt.Fprintf(&b, "nameserver %s\n", fields[1])
				left--
			}
		case fields[0] == "options":
			// In turn would be half of the questions past us.
			if kept := slices.DeleteFunc(fields, func(f string) bool { return f == "rotate" }); len(kept) > 1 {
				b.WriteString(strings.Join(kept, " ") + "\n")
			}
		default:
			b.WriteString(strings.Join(fields, " ") + "\n")
		}
	}
	return []byte(b.String())
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
