//go:build unix

package ledger_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"lessonguard/agreements"
	"lessonguard/agreements/ledger"
)

const childPath = "LESSONGUARD_TEST_LEDGER"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		keepAdding(path)
	}
	os.Exit(m.Run())
}

// keepAdding adds until it is killed, and confirms each head on stdout.
func keepAdding(path string) {
	signal.Ignore(syscall.SIGPIPE)
	l, err := ledger.Open(config(path, nil))
	for err == nil {
		var head agreements.Head
		if head, err = l.Add(acceptance("Ada")); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(head)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestKilled kills the writer with SIGKILL while it writes. Nothing that was
// confirmed may be missing, and nothing may need setting aside.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "acceptances.jsonl")
	for round := range 12 {
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		child, err := os.StartProcess(os.Args[0], os.Args[:1], &os.ProcAttr{
			Env:   append(os.Environ(), childPath+"="+path),
			Files: []*os.File{nil, write, os.Stderr},
		})
		write.Close()
		if err != nil {
			t.Fatal(err)
		}
		var confirmed agreements.Head
		for lines, n := bufio.NewScanner(read), 0; lines.Scan(); n++ {
			if err := json.Unmarshal(lines.Bytes(), &confirmed); err != nil {
				t.Fatal(err)
			}
			if n == round {
				if err := child.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		read.Close()
		if _, err := child.Wait(); err != nil {
			t.Fatal(err)
		}
		l, err := ledger.Open(config(path, &confirmed))
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.Verify(&confirmed)
		if err != nil || !r.Consistent() || r.Confirmed != confirmed.Count || confirmed.Count <= round || l.Damage() != nil {
			t.Errorf("round %d: %v (%v), confirmed %d, damage %+v", round, r, err, confirmed.Count, l.Damage())
		}
		shut(t, l)
	}
}

// TestDiskFull lets the disk take only part of a line.
func TestDiskFull(t *testing.T) {
	path, head := written(t, "Ada")
	l := open(t, path, &head)
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	full := before
	full.Cur = uint64(len(load(t, path)) + 100)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	_, err := l.Add(acceptance("Alan"))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err == nil || l.Head() != head {
		t.Errorf("Add to a full disk = %v, head %+v", err, l.Head())
	}
	if r, err := l.Verify(&head); err != nil || !r.Complete() {
		t.Errorf("Verify after a full disk = %v, %v", r, err)
	}
	if next := add(t, l, "Alan"); next.Count != 2 {
		t.Errorf("%d acceptances once there was room", next.Count)
	}
}
