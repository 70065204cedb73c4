package control

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"

	"lessonguard/filter"
)

// DefaultPath is where an installed service listens.
const DefaultPath = `\\.\pipe\lessonguard`

// everyUser lets every local account connect and only the system own the pipe;
// clients are held to identification level by [winio.DialPipeAccessImpLevel].
const everyUser = "O:BAG:BAD:PAI(A;OICI;GWGR;;;BU)(A;OICI;GWGR;;;SY)"

// Listen listens at path, where every account may connect: who may do what is
// the door's to say.
func Listen(_ context.Context, path string) (net.Listener, error) {
	l, err := winio.ListenPipe(path, &winio.PipeConfig{SecurityDescriptor: everyUser})
	if os.IsPermission(err) {
		return nil, fmt.Errorf("opening control pipe: %s is in use: another filter is running; stop it, or give another --control PATH", path)
	}
	if err != nil {
		return nil, fmt.Errorf("opening control pipe: %w", err)
	}
	return visitors{l}, nil
}

func dial(ctx context.Context, path string) (net.Conn, error) {
	return winio.DialPipeAccessImpLevel(ctx, path, windows.GENERIC_READ|windows.GENERIC_WRITE, winio.PipeImpLevelIdentification)
}

// peer returns who is at the other end of conn, by the token of the process
// that holds it.
func peer(conn net.Conn) (filter.Caller, error) {
	handle, ok := conn.(interface{ Fd() uintptr })
	if !ok {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: not a pipe: %T", conn)
	}
	var pid uint32
	if err := windows.GetNamedPipeClientProcessId(windows.Handle(handle.Fd()), &pid); err != nil {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: %w", err)
	}
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: %w", err)
	}
	defer windows.CloseHandle(process) //nolint:errcheck // a query-only handle: nothing to lose
	var token windows.Token
	if err := windows.OpenProcessToken(process, windows.TOKEN_QUERY, &token); err != nil {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: %w", err)
	}
	defer token.Close()
	user, err := token.GetTokenUser()
	if err != nil {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: %w", err)
	}
	c := filter.Caller{ID: user.User.Sid.String(), PID: int(pid), Owner: token.IsElevated()}
	var created, exited, inKernel, inUser windows.Filetime
	if windows.GetProcessTimes(process, &created, &exited, &inKernel, &inUser) == nil {
		c.Process = processOf(c.PID, fmt.Sprint(created.Nanoseconds()))
	} else {
		c.Process = processOf(c.PID, "")
	}
	c.Account = c.ID
	if account, _, _, err := user.User.Sid.LookupAccount(""); err == nil {
		c.Account = account
	}
	return c, nil
}
