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
	"slices"
	"strings"
)

// evidence is what a guardian can see and find: what the window shows, what the
// service says, and every file of theirs and of the service's, by its contents.
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
	for _, words := range [][]string{{"status"}, {"explain", "childline.org.uk"}, {"activity"}, {"audit"}} {
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
		e[name] = digest(data)
		for _, c := range changing {
			if name == c {
				e[name] = fmt.Sprint(len(data), " bytes")
			}
		}
		return nil
	})
}

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
		if is, ok := after[name]; !ok || is != was {
			wrong = append(wrong, fmt.Errorf("%s has changed", name))
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
