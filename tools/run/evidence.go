package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// evidence is what a guardian can see and find: what the window shows, which
// windows and notifications there are, what the service says, what is in the
// keyring, how every protected name is answered, and every file of theirs and of
// the service's by its contents, size, mode and time.
type evidence map[string]string

// changing are the files that change by themselves, whether or not anybody
// asked for help: the outbox is rewritten on a schedule. Of the service's own
// records what they say is compared, not how SQLite lays them out.
var changing = []string{"config/outbox/slots", "config/outbox/lock"}

var records = []string{"filter/activity.db", "filter/audit."}

func (w *walker) evidence(ctx context.Context) (evidence, error) {
	e := evidence{}
	if err := w.drawn(ctx); err != nil {
		return nil, err
	}
	var picture bytes.Buffer
	cmd := w.onDisplay(exec.CommandContext(ctx, "import", "-window", w.guardian, "rgb:-"))
	cmd.Stdout = &picture
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("looking at the guardian's window: %w", err)
	}
	e["the window"] = digest(picture.Bytes())
	if err := w.desktop(ctx, e); err != nil {
		return nil, err
	}
	if err := w.protectedAnswers(ctx, e); err != nil {
		return nil, err
	}
	for _, words := range [][]string{{"status"}, {"explain", "childline.org.uk"}, {"activity"}, {"requests"}, {"audit"}} {
		cmd := exec.CommandContext(ctx, "bin/lessonguardd", append(words, "--json", "--control", w.control())...)
		cmd.Stdin = strings.NewReader(pin + "\n")
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("lessonguardd %v: %w", words, err)
		}
		e["lessonguardd "+strings.Join(words, " ")] = digest(withoutUnlocks(out))
	}
	for _, part := range []string{"config", "filter", "logs/app.log", "logs/filter.log"} {
		if err := e.files(filepath.Join(w.dir), part); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e evidence) files(dir, part string) error {
	return filepath.WalkDir(filepath.Join(dir, part), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Contains(data, []byte(theirWords)) {
			return fmt.Errorf("%s holds the learner's words", name)
		}
		if slices.ContainsFunc(records, func(r string) bool { return strings.HasPrefix(name, r) }) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		e[name] = fmt.Sprint(info.Mode(), info.Size())
		if !slices.Contains(changing, name) {
			e[name] += fmt.Sprint(info.ModTime(), digest(data))
		}
		return nil
	})
}

// desktop adds the titles of all windows, the notifications there were, and the
// keyring's items with the times of their last changes.
func (w *walker) desktop(ctx context.Context, e evidence) error {
	ids, err := w.onDisplay(exec.CommandContext(ctx, "xdotool", "search", "--onlyvisible", "--name", "")).Output()
	if err != nil {
		return fmt.Errorf("listing the windows: %w", err)
	}
	var titles []string
	for _, id := range strings.Fields(string(ids)) {
		title, _ := w.onDisplay(exec.CommandContext(ctx, "xdotool", "getwindowname", id)).Output() // it may have closed
		titles = append(titles, strings.TrimSpace(string(title)))
	}
	slices.Sort(titles)
	e["the titles of the windows"] = strings.Join(slices.Compact(titles), " | ")
	bus := filepath.Join(w.dir, "logs", "bus.log")
	heard, err := os.ReadFile(bus)
	if err != nil {
		return err
	}
	e["notifications"] = fmt.Sprint(bytes.Count(heard, []byte("member=Notify")))
	address, err := os.ReadFile(bus + ".address")
	if err != nil {
		return err
	}
	call := func(object, method string, args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "gdbus", append([]string{"call", "--session", "--dest", "org.freedesktop.secrets", "--object-path", object, "--method", method}, args...)...)
		cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+strings.TrimSpace(string(address)))
		out, err := cmd.CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("asking the keyring: %w: %s", err, out)
		}
		return string(out), nil
	}
	found, err := call("/org/freedesktop/secrets", "org.freedesktop.Secret.Service.SearchItems", "{}")
	if err != nil {
		return err
	}
	for _, item := range keyringItem.FindAllString(found, -1) {
		if e["keyring "+item], err = call(item, "org.freedesktop.DBus.Properties.GetAll", "org.freedesktop.Secret.Item"); err != nil {
			return err
		}
	}
	return nil
}

var keyringItem = regexp.MustCompile(`/org/freedesktop/secrets/collection/[^']+`)

// withoutUnlocks drops the record of asking for evidence itself, which needs the
// PIN.
func withoutUnlocks(out []byte) []byte {
	var entries []map[string]any
	if json.Unmarshal(out, &entries) != nil {
		return out // not the audit
	}
	entries = slices.DeleteFunc(entries, func(e map[string]any) bool {
		what, _ := e["what"].(string)
		return strings.Contains(what, "unlocked")
	})
	return fmt.Append(nil, entries)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// same returns what tells e from after.
func (e evidence) same(after evidence) error {
	var wrong []error
	for name, was := range e {
		if is, ok := after[name]; !ok {
			wrong = append(wrong, fmt.Errorf("%s is gone", name))
		} else if is != was {
			wrong = append(wrong, fmt.Errorf("%s has changed from %.200q to %.200q", name, was, is))
		}
	}
	for name := range after {
		if _, ok := e[name]; !ok {
			wrong = append(wrong, fmt.Errorf("%s is new", name))
		}
	}
	if len(wrong) == 0 {
		fmt.Printf("  %d things that a guardian can see or find are as they were\n", len(e))
	}
	return errors.Join(wrong...)
}
