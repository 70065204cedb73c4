package activity_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/activity"
)

// TestExpiredLeavesTheFile adds and expires thousands of names of all lengths,
// and searches the bytes of the files for those that are too old, while they are
// open and after they were closed. With this seed SQLite's own deletion, which
// overwrites rows but not the copies it moved them from, leaves some behind.
func TestExpiredLeavesTheFile(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	random := rand.New(rand.NewPCG(7, 2))
	made := map[string]time.Time{}         // by an id that is in the name twice, so that half a name is found too
	ids := regexp.MustCompile(`[0-9]{16}`) // no other text in the files is like it
	look := func(when string) {
		t.Helper()
		found := map[string]bool{}
		for _, id := range ids.FindAllString(string(onDisk(t, p.dir)), -1) {
			found[id] = true
		}
		young, old := 0, 0
		for id, at := range made {
			switch age := p.now.Sub(at); {
			case age >= activity.Keep && found[id]:
				old++
			case age >= activity.Keep:
				delete(made, id)
			case age < activity.Keep-2*time.Hour && !found[id]:
				young++
			}
		}
		if old > 0 || young > 0 {
			t.Errorf("%s, %v: %d expired names are in the files, %d young ones are not", when, p.now, old, young)
		}
	}
	for range 10 * 8 {
		for range random.IntN(120) {
			id := fmt.Sprintf("%016d", random.Int64N(1e16))
			name := fmt.Sprintf("%s%s", id, strings.Repeat("x", random.IntN(40)))
			if random.IntN(4) == 0 {
				name += strings.Repeat(".yyyyyyyyy", random.IntN(17))
			}
			name += fmt.Sprintf(".%s.example", id)
			who := []string{"ann", "ben", ""}[random.IntN(3)]
			s.Seen(who, []byte(name), game)
			made[id] = p.now
		}
		read(t, s, "nobody") // writes what was seen
		p.pass(3 * time.Hour)
		if random.IntN(4) == 0 {
			p.once(s)
			look("closed")
			read(t, s, "nobody")
			look("open")
		}
	}
	p.pass(activity.Keep)
	p.once(s)
	look("at the end")
	if len(made) != 0 {
		t.Errorf("%d names left, want none", len(made))
	}
	if info, err := os.Stat(p.path()); err != nil || info.Size() > 64<<10 {
		t.Errorf("the empty file has %d bytes, %v", info.Size(), err)
	}
}

// TestCrash: what a service that was killed left in the write-ahead log leaves
// it too, at the next start.
func TestCrash(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	for i := range 100 {
		s.Seen("ann", fmt.Appendf(nil, "crash-%d.example", i), game)
	}
	read(t, s, "ann")
	crashed := newPC(t)
	if err := os.CopyFS(crashed.dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	os.Remove(crashed.path() + "-shm")
	if !bytes.Contains(onDisk(t, crashed.dir), []byte("crash-7.example")) {
		t.Fatal("nothing to lose")
	}
	crashed.now = p.now.Add(time.Hour)
	if got := len(read(t, crashed.boot(), "ann").Blocked); got != 100 {
		t.Errorf("%d names after the crash, want 100", got)
	}
	crashed.now = p.now.Add(activity.Keep)
	crashed.once(crashed.boot())
	if bytes.Contains(onDisk(t, crashed.dir), []byte("crash-")) {
		t.Error("names are in the files after their time")
	}
}

func TestDamaged(t *testing.T) {
	for _, tt := range []struct {
		why    string
		damage func(t *testing.T, path string)
	}{
		{"no database", func(t *testing.T, path string) { write(t, path, []byte(strings.Repeat("visited.example ", 600))) }},
		{"cut off", func(t *testing.T, path string) {
			if err := os.Truncate(path, 5000); err != nil {
				t.Fatal(err)
			}
		}},
		{"a page overwritten", func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			copy(data[2*4096:], bytes.Repeat([]byte{0xa5}, 4096))
			write(t, path, data)
		}},
		{"somebody else's database", func(t *testing.T, path string) {
			os.Remove(path)
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(`CREATE TABLE seen (x)`); err != nil {
				t.Fatal(err)
			}
			db.Close()
		}},
		{"a newer version's", func(t *testing.T, path string) {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(`PRAGMA user_version = 2`); err != nil {
				t.Fatal(err)
			}
			db.Close()
		}},
	} {
		t.Run(tt.why, func(t *testing.T) {
			p := newPC(t)
			s := p.boot()
			for i := range 200 {
				s.Seen("ann", fmt.Appendf(nil, "visited%d.example", i), game)
			}
			p.once(s)
			tt.damage(t, p.path())
			damaged, err := os.ReadFile(p.path())
			if err != nil {
				t.Fatal(err)
			}
			p.now = time.Now() // the file system's

			s = p.boot()
			s.Seen("ann", []byte("new.example"), game)
			p.once(s)
			if got := names(read(t, s, "ann")); got != "new.example" {
				t.Errorf("names %q, want new.example", got)
			}
			aside, _ := filepath.Glob(p.path() + ".damaged-*")
			if len(aside) == 0 {
				t.Fatal("the damaged file was not set aside")
			}
			if got, err := os.ReadFile(aside[0]); err != nil || !bytes.Equal(got, damaged) {
				t.Errorf("what was set aside was changed, or %v", err)
			}
			if got := strings.Count(p.log.String(), "level="); got != 1 {
				t.Errorf("%d lines logged, want 1:\n%s", got, &p.log)
			}
			if strings.Contains(p.log.String(), ".example") {
				t.Errorf("a name was logged:\n%s", &p.log)
			}
			// There are names in it, and their time comes too.
			p.pass(activity.Keep + time.Minute)
			p.once(s)
			if left, _ := filepath.Glob(p.path() + ".damaged-*"); len(left) != 0 {
				t.Errorf("%q is still there after a week", left)
			}
		})
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestTrouble: a disk that cannot be written stops nothing, is logged
// once.
func TestTrouble(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	blocked := filepath.Join(p.path(), "in the way")
	if err := os.MkdirAll(blocked, 0o700); err != nil {
		t.Fatal(err)
	}
	see := func(n int) {
		for i := range n {
			p.pass(time.Minute)
			s.Seen("ann", fmt.Appendf(nil, "visited%d.example", i), game)
			p.once(s)
		}
	}
	see(3)
	if _, err := s.Activity(t.Context(), filter.ActivityQuery{Learner: "ann"}); err == nil || strings.Contains(err.Error(), "visited") {
		t.Errorf("Activity = %v, want an error that names no site", err)
	}
	if err := os.RemoveAll(p.path()); err != nil {
		t.Fatal(err)
	}
	see(3)
	if got := len(read(t, s, "ann").Blocked); got != 3 {
		t.Errorf("%d names once it could be written, want 3", got)
	}
	if got, want := strings.Count(p.log.String(), "level="), 1; got != want || strings.Contains(p.log.String(), "visited") {
		t.Errorf("%d lines logged, want %d, none with a name:\n%s", got, want, &p.log)
	}
}

func TestOnlyTheServiceReads(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights come from the directory")
	}
	p := newPC(t)
	write(t, p.path(), nil)
	if err := os.Chmod(p.path(), 0o644); err != nil {
		t.Fatal(err)
	}
	s := p.boot()
	s.Seen("ann", []byte("game.example"), game)
	read(t, s, "ann")
	list, err := os.ReadDir(p.dir)
	if err != nil || len(list) < 2 {
		t.Fatalf("%d files, %v, want the file and its log", len(list), err)
	}
	for _, e := range list {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v, want 0600", e.Name(), info.Mode(), err)
		}
	}
}

// TestOddPath: a path is no URI.
func TestOddPath(t *testing.T) {
	p := newPC(t)
	p.dir = filepath.Join(p.dir, "a b?c#d%41")
	if err := os.Mkdir(p.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := p.boot()
	s.Seen("ann", []byte("game.example"), game)
	p.once(s)
	if !maps.Equal(read(t, s, "ann").Counts, map[filter.Category]int{filter.Games: 1}) || !bytes.Contains(onDisk(t, p.dir), []byte("game.example")) {
		t.Error("not kept in the file named")
	}
}
