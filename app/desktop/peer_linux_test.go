package desktop_test

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOtherAccount connects as another account, with every file mode in the way
// taken out of it.
func TestOtherAccount(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root: only root can connect as another account")
	}
	dir := t.TempDir()
	calls, stop := serve(t, dir)
	socket := filepath.Join(dir, "instance.sock")
	for path, mode := range map[string]os.FileMode{filepath.Dir(dir): 0o711, dir: 0o711, socket: 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	answer := make(chan string, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its other account
		const nobody = 65534
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, ^uintptr(0), nobody, ^uintptr(0)); errno != 0 {
			answer <- errno.Error()
			return
		}
		conn, err := net.Dial("unix", socket)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer conn.Close()
		conn.Write([]byte("{\"args\":[\"help\"]}\n")) //nolint:errcheck // it may hang up early
		text, _ := bufio.NewReader(conn).ReadString('\n')
		answer <- text
	}()
	if got := <-answer; got != "" {
		t.Errorf("answer = %q", got)
	}
	stop()
	if len(calls) != 0 {
		t.Errorf("took the call %+v of another account", <-calls)
	}
}
