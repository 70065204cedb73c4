package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// changing are the files that change by themselves, whether or not anybody
// asked for help: the outbox is rewritten on a schedule, and looking as a
// guardian is itself on the audit.
var changing = []string{"config/outbox/slots", "config/outbox/lock", "filter/audit.head", "filter/audit.log"}

// settled waits until the service has put what was blocked before into its place:
// within a minute it does, whatever else happens.
func (w *walker) settled(ctx context.Context) error {
	for range 700 {
		journal, err := os.Stat(filepath.Join(w.dir, "filter", "activity.db-wal"))
		if errors.Is(err, fs.ErrNotExist) || err == nil && journal.Size() == 0 {
			return nil
		}
		if err := errors.Join(err, pause(ctx, 100*time.Millisecond)); err != nil {
			return err
		}
	}
	return errors.New("the service does not put what was blocked into its place")
}

// files adds every file of the guardian's account and of the service.
func (w *walker) files(ctx context.Context, e evidence) error {
	if err := w.settled(ctx); err != nil {
		return err
	}
	for _, part := range []string{"config", "filter"} {
		err := read(w.dir, part, func(name string, info fs.FileInfo, data []byte) {
			about := fmt.Sprint(info.Mode())
			if !strings.HasPrefix(name, "filter/audit.") && !info.IsDir() {
				about += fmt.Sprint(info.Size())
			}
			if !slices.Contains(changing, name) && !info.IsDir() {
				about += fmt.Sprint(info.ModTime(), digest(data))
			}
			e["file: "+name] = about
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// read calls f with every file and folder below dir/part, by its name below dir.
// The learner's words may be in none.
func read(dir, part string, f func(name string, info fs.FileInfo, data []byte)) error {
	return filepath.WalkDir(filepath.Join(dir, part), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var data []byte
		if info.Mode().IsRegular() {
			if data, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		if bytes.Contains(data, []byte(theirWords)) {
			return fmt.Errorf("%s holds the learner's words", name)
		}
		f(name, info, data)
		return nil
	})
}

// masked are the times and the numbers of processes in a log.
var masked = regexp.MustCompile(`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[^\s"]*|\[\d+\]|pid=\d+`)

// toolkits is what the toolkit says at times when it ends: it sees that its own
// settings change while it saves them.
var toolkits = regexp.MustCompile(`(?m)^.*Preferences load error:\n.*Cause: EOF\n.*preferences\.go:\d+\n`)

// logged adds what the programs said, which a service or a desktop keeps in its
// journal, line by line and without times. What the learner's program said
// is among it: an administrator can read that too. The platform's log is not: it
// is on a PC of the provider's.
func (w *walker) logged(_ context.Context, e evidence) error {
	return read(w.dir, "logs", func(name string, info fs.FileInfo, data []byte) {
		if filepath.Ext(name) != ".log" || strings.HasSuffix(name, "/platform.log") {
			return
		}
		data = toolkits.ReplaceAll(masked.ReplaceAll(data, []byte("#")), nil)
		lines := strings.SplitAfter(string(data), "\n")
		// The bus tells of the walk's own ear, at times before it is ended itself.
		lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" || strings.HasPrefix(l, "dbus-daemon#") })
		e["log: "+name] = fmt.Sprintf("%d lines: ", len(lines)) + strings.Join(lines, "")
	})
}

// another is what there is in the second account's home once the program was
// used there: names, sizes, modes and, where it is not sealed, contents.
//
// Whoever has that account, or is an administrator, can read these. Only the
// outbox's slots may be newer than what every start of the program writes: they
// are rewritten after each contact with the platform, and those are made on a
// schedule without a pattern, so that a time of theirs says nothing.
func (e evidence) another(home string, started time.Time) error {
	walks := []string{"browser", "bus.log", "bus.log.address"} // the walk's own
	var newer []string
	err := read(home, ".", func(name string, info fs.FileInfo, data []byte) {
		if first, _, _ := strings.Cut(name, "/"); slices.Contains(walks, first) {
			return
		}
		// The toolkit saves its settings at the end, where it gets to it: none.
		if name == ".config/fyne/uk.lessonguard.app/preferences.json" && strings.TrimSpace(string(data)) == "{}" {
			return
		}
		about := fmt.Sprint(info.Mode())
		if !info.IsDir() {
			about += fmt.Sprint(info.Size())
			if !strings.HasPrefix(name, "config/outbox/") && info.Mode().IsRegular() {
				about += digest(masked.ReplaceAll(data, []byte("#")))
			}
			if info.ModTime().After(started) && name != "config/outbox/slots" {
				newer = append(newer, name)
			}
		}
		e["second account: "+name] = about
	})
	slices.Sort(newer)
	e["second account: what was written after the start, but for the outbox's slots"] = strings.Join(newer, " ")
	return err
}
