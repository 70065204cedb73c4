package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// TestConfined: a child has no capability and can get none, whatever its parent
// has, and the parent keeps what it had.
func TestConfined(t *testing.T) {
	before := capabilities(t, must(os.ReadFile("/proc/self/status")))
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "cat", "/proc/self/status", "/proc/self/limits")
	cmd.Stdout = &out
	if err := startConfined(cmd); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	for name, value := range capabilities(t, out.Bytes()) {
		if want := map[string]string{"NoNewPrivs": "1"}[name]; value != want && strings.Trim(value, "0") != want {
			t.Errorf("child: %s %s", name, value)
		}
	}
	for name, value := range capabilities(t, must(os.ReadFile("/proc/self/status"))) {
		if before[name] != value {
			t.Errorf("parent: %s went from %s to %s", name, before[name], value)
		}
	}
	if os.Geteuid() != 0 || strings.Trim(before["CapEff"], "0") == "" {
		t.Skip("needs root, to have something to take away")
	}
}

// TestConfinedGivesWay: a service that gives way to others by more than a child
// has to can start one.
func TestConfinedGivesWay(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "nice", "-n", "15", os.Args[0], "-test.run=^TestConfined$").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestConfinedFromControl: a child cannot speak to the service, which would take
// it for its owner.
func TestConfinedFromControl(t *testing.T) {
	e, c := service(t)
	path := filepath.Join(t.TempDir(), "s")
	socket, err := control.Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	server := control.NewServer(control.Config{Control: e, Guard: e.Guard(), Logger: slog.New(slog.DiscardHandler)})
	go func() { _ = server.Serve(t.Context(), socket) }()
	for confined, start := range map[bool]func(*exec.Cmd) error{false: (*exec.Cmd).Start, true: startConfined} {
		var said bytes.Buffer
		cmd := exec.CommandContext(t.Context(), c.program, "status", "--control", path)
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := start(cmd); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); (err != nil) != confined {
			t.Errorf("confined %v: %v: %s", confined, err, said.String())
		}
	}
}

func capabilities(t *testing.T, status []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "CapInh", "CapPrm", "CapEff", "CapAmb", "NoNewPrivs":
			found[name] = strings.TrimSpace(value)
		}
	}
	if len(found) != 5 {
		t.Fatalf("status says only %v", found)
	}
	return found
}

// TestChildLimits: the child that compiles has neither capabilities nor as much
// memory, time or files as it likes, while it does.
func TestChildLimits(t *testing.T) {
	p := newPublisher(t)
	e, c := service(t, with(p.catalogued(t, "", "bets")))
	seen := make(chan map[string]string, 1)
	p.does("/bets", childStatus(t, c.program, seen))
	if err := update(t, e, noAccept); err != nil {
		t.Fatal(err)
	}
	got := <-seen
	for _, name := range []string{"CapPrm", "CapEff", "CapAmb"} {
		if strings.Trim(got[name], "0") != "" {
			t.Errorf("%s %s", name, got[name])
		}
	}
	for name, want := range map[string]string{
		"NoNewPrivs": "1", "Max address space": "4294967296", "Max data size": "1073741824", "Max cpu time": "900",
		"Max open files": "256", "Max core file size": "0", "oom_score_adj": "500",
	} {
		if got[name] != want {
			t.Errorf("%s %q, want %q", name, got[name], want)
		}
	}
}

var noAccept filter.ListUpdate

// childStatus serves a list, and tells what the kernel says of the process that
// asks for it.
func childStatus(t *testing.T, program string, seen chan<- map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		has(many(3))(w, r)
		all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, path := range all {
			line, err := os.ReadFile(path)
			if err != nil || !strings.HasPrefix(string(line), program+"\x00lists\x00compile\x00") {
				continue
			}
			dir := filepath.Dir(path)
			found := capabilities(t, must(os.ReadFile(filepath.Join(dir, "status"))))
			found["oom_score_adj"] = strings.TrimSpace(string(must(os.ReadFile(filepath.Join(dir, "oom_score_adj")))))
			for line := range strings.Lines(string(must(os.ReadFile(filepath.Join(dir, "limits"))))) {
				if len(line) > 47 {
					found[strings.TrimSpace(line[:26])] = strings.TrimSpace(line[26:47])
				}
			}
			seen <- found
			return
		}
		seen <- nil
	}
}
