package control_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// idle is a control that says nothing but its status, and one PIN.
type idle struct{ filter.Control }

func (idle) Status(context.Context) (filter.Status, error) { return filter.Status{Names: 7}, nil }

func (idle) Unlock(context.Context, string) (filter.Session, error) {
	return filter.Session{Token: "let me in", Until: time.Now().Add(time.Hour)}, nil
}

type pinned chan string

func (pinned) Guardian(token string, _ filter.Caller) bool { return token == "let me in" }

func (p pinned) End(token string) { p <- token }

func pipeName(t *testing.T) string {
	return fmt.Sprintf(`\\.\pipe\lessonguard-test-%d-%s`, os.Getpid(), t.Name())
}

// TestPipe: the service is asked by a pipe that any account may open and none may
// serve, and an unlock ends with its connection.
func TestPipe(t *testing.T) {
	path, ended := pipeName(t), make(pinned)
	l, err := control.Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	s := control.NewServer(control.Config{Control: idle{}, Guard: ended, Logger: slog.New(slog.DiscardHandler)})
	go func() { done <- s.Serve(ctx, l) }()
	who := access(t, path)
	for sid, mask := range who {
		const serve = windows.FILE_APPEND_DATA // which is FILE_CREATE_PIPE_INSTANCE, of a pipe
		const all = windows.GENERIC_ALL | windows.GENERIC_WRITE
		if privileged := sid == "S-1-5-18" || sid == "S-1-5-32-544"; !privileged && mask&(serve|all|windows.WRITE_DAC|windows.WRITE_OWNER) != 0 {
			t.Errorf("%s may do %#x, and so serve the pipe", sid, mask)
		}
	}
	if who["S-1-5-32-545"] == 0 {
		t.Errorf("users may not connect: %v", who)
	}

	client := control.NewClient(path)
	if got, err := client.Status(t.Context()); err != nil || got.Names != 7 {
		t.Errorf("Status = %+v, %v", got, err)
	}
	if _, err := client.Unlock(t.Context(), "482915"); err != nil {
		t.Fatal(err)
	}
	client.Lock()
	<-ended
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// access returns what whom the pipe at path is open to may do with it.
func access(t *testing.T, path string) map[string]windows.ACCESS_MASK {
	t.Helper()
	conn, err := winio.DialPipeContext(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() }) // at the end: Wine has the first that connects wait for nobody
	sd, err := windows.GetSecurityInfo(windows.Handle(conn.(interface{ Fd() uintptr }).Fd()), windows.SE_KERNEL_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	acl, _, err := sd.DACL()
	if err != nil {
		t.Fatal(err)
	}
	may := map[string]windows.ACCESS_MASK{}
	for i := range uint32(acl.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(acl, i, &ace); err != nil {
			t.Fatal(err)
		}
		may[(*windows.SID)(unsafe.Pointer(&ace.SidStart)).String()] |= ace.Mask
	}
	return may
}

// TestNobodyServes: nothing there, and a pipe that an account made which is no
// administrator, are a service that does not run.
func TestNobodyServes(t *testing.T) {
	path := pipeName(t)
	if _, err := control.NewClient(path).Status(t.Context()); !errors.Is(err, filter.ErrNotRunning) {
		t.Errorf("nothing there: %v, want %v", err, filter.ErrNotRunning)
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	sid := user.User.Sid.String()
	l, err := winio.ListenPipe(path, &winio.PipeConfig{SecurityDescriptor: "O:" + sid + "G:" + sid + "D:(A;;GA;;;WD)"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = control.NewClient(path).Unlock(t.Context(), "482915")
	if !errors.Is(err, filter.ErrNotRunning) || !strings.Contains(fmt.Sprint(err), "no administrator started it") {
		t.Errorf("somebody else's: %v, want %v", err, filter.ErrNotRunning)
	}
}
