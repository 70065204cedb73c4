package engine_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lessonguard/filter"
)

// onDisk runs the test again in a mount namespace of its own, with a small disk of
// its own at the directory that it returns; "" in the one that only waits for it.
func onDisk(t *testing.T) string {
	t.Helper()
	const mark = "LESSONGUARD_TEST_DISK"
	if dir := os.Getenv(mark); dir != "" {
		if err := syscall.Mount("disk", dir, "tmpfs", 0, "size=512k,mode=700"); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	if os.Getuid() != 0 {
		t.Skip("skipped: it needs root to mount a disk")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), mark+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS} // mounts of it are nobody else's
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("on its disk: %v\n%s", err, out)
	}
	return ""
}

// TestBadDisk: while the disk is full, or can only be read, what somebody wants
// changed is refused or holds, as the error says; the rules stay in force, every
// file is whole, and once the disk is well everything goes on.
func TestBadDisk(t *testing.T) {
	dir := onDisk(t)
	if dir == "" {
		return
	}
	for _, tt := range []struct {
		why      string
		ail, aid func() error
	}{
		{"full", func() error { return fill(dir) }, func() error { return os.Remove(filepath.Join(dir, "full")) }},
		{
			"read-only",
			func() error {
				return syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=512k,mode=700")
			},
			func() error { return syscall.Mount("", dir, "", syscall.MS_REMOUNT, "size=512k,mode=700") },
		},
	} {
		t.Run(tt.why, func(t *testing.T) {
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			admin := filter.WithCaller(t.Context(), filter.Caller{Account: "root", ID: "0", Owner: true, Guardian: true})
			child := filter.WithCaller(t.Context(), filter.Caller{Account: "leo", ID: "1001", Process: "2"})
			e := mustOpen(t, dir, time.Now)
			must(e.SetPIN(admin, filter.PINChange{New: "482915"}))
			before := filter.DefaultPolicy()
			before.Rules = []filter.Rule{{Name: "closed.example", Scope: filter.Always}}
			must(e.SetPolicy(admin, before))
			must(e.Ask(child, filter.Ask{Name: "game.example"}))
			waiting, err := e.Requests(admin)
			must(err)
			kept := contents(t, dir)

			// What a power cut leaves, besides.
			torn, err := os.OpenFile(filepath.Join(dir, "audit.log"), os.O_WRONLY|os.O_APPEND, 0)
			must(err)
			_, err = torn.WriteString(`{"n":`)
			must(errors.Join(err, torn.Close()))
			must(tt.ail())
			after := filter.DefaultPolicy()
			for what, do := range map[string]func() error{
				"a policy":    func() error { return e.SetPolicy(admin, after) },
				"a household": func() error { return e.SetHousehold(admin, filter.Household{Guardians: []string{"mum"}}) },
				"a lesson": func() error {
					_, err := e.SetLesson(child, filter.LessonChange{On: true})
					return err
				},
				"a PIN":      func() error { return e.SetPIN(admin, filter.PINChange{New: "736251"}) },
				"a question": func() error { return e.Ask(child, filter.Ask{Name: "other.example"}) },
				"an answer":  func() error { return e.Answer(admin, waiting[0].ID, filter.Answer{Allow: true}) },
			} {
				if err := do(); err == nil || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: %v, want one line that says that it cannot be saved", what, err)
				}
			}
			if _, err := e.Unlock(child, "000001"); err == nil {
				t.Error("a wrong PIN opens")
			}
			e.Note(filter.Notice{Kind: filter.NoticeHosts, From: time.Now(), To: time.Now()})
			if n, err := e.Notices(t.Context()); err != nil || len(n) == 0 || n[0].Kind != filter.NoticeHosts {
				t.Errorf("what cannot be saved is not told: %v, %v", n, err)
			}
			x, err := e.Explain(admin, filter.Question{Name: "closed.example"})
			if err != nil || x.Action != filter.Block {
				t.Errorf("the rules of before no longer hold: %+v, %v", x, err)
			}
			for name, want := range kept {
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want && name != "audit.log" && name != "audit.head" {
					t.Errorf("%s is not as it was: %v", name, err)
				}
			}
			again, err := open(dir, time.Now)
			if err != nil {
				t.Errorf("a service that starts there does not: %v", err)
			} else if x, err := again.Explain(admin, filter.Question{Name: "closed.example"}); err != nil || x.Action != filter.Block {
				t.Errorf("a service that starts there has other rules: %+v, %v", x, err)
			}

			must(tt.aid())
			e = mustOpen(t, dir, time.Now)
			must(e.SetPolicy(admin, after))
			if _, err := e.Unlock(admin, "482915"); err != nil {
				t.Errorf("the PIN of before: %v", err)
			}
			log, err := e.Audit(admin, 100)
			must(err)
			for _, entry := range log {
				if strings.Contains(entry.What, "damaged") {
					t.Errorf("the audit log says %q", entry.What)
				}
			}
			for name := range contents(t, dir) {
				if strings.Contains(name, "damaged") || strings.HasPrefix(name, ".new") {
					t.Errorf("%s was left", name)
				}
			}
			for _, file := range []string{"policy.json", "pin.json", "household.json", "lesson.json", "requests.json", "notices.json"} {
				if err := os.Remove(filepath.Join(dir, file)); err != nil && !errors.Is(err, os.ErrNotExist) {
					t.Error(err)
				}
			}
		})
	}
}

// fill fills the disk at dir to its last byte.
func fill(dir string) error {
	f, err := os.Create(filepath.Join(dir, "full"))
	if err != nil {
		return err
	}
	defer f.Close()
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return nil
}

// contents returns the files in dir.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range all {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name()] = string(data)
	}
	return files
}
