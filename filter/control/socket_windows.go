package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"

	"lessonguard/filter"
)

// DefaultPath is where an installed service listens.
const DefaultPath = `\\.\pipe\lessonguard`

// connect is FILE_GENERIC_READ, and FILE_GENERIC_WRITE without the right to serve
// the pipe too (FILE_CREATE_PIPE_INSTANCE, which GENERIC_WRITE holds): whoever
// has that is given the PIN by some of those who connect.
const connect = 0x12019b

// everyUser lets every local account connect, and only administrators and the
// system serve; clients are held to identification level by
// [winio.DialPipeAccessImpLevel].
const everyUser = "O:BAG:BAD:PAI(A;;0x12019b;;;BU)(A;;GA;;;BA)(A;;GA;;;SY)"

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

// dial connects to the pipe at path, and waits for its turn where there is no
// instance of it left: any account can do that to the others.
func dial(ctx context.Context, path string) (net.Conn, error) {
	turn, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	conn, err := winio.DialPipeAccessImpLevel(turn, path, connect, winio.PipeImpLevelIdentification)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, filter.ErrBusy
	}
	if err == nil {
		if err = trusted(conn); err != nil {
			conn.Close()
		}
	}
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "pipe", Err: err} // as of a socket
	}
	return conn, nil
}

// trusted returns an error if conn is of a pipe that neither the system nor an
// administrator made: while there is no service, any program can make one of its
// name, and would be given the PIN.
func trusted(conn net.Conn) error {
	pipe, err := handleOf(conn)
	if err != nil {
		return err
	}
	who, err := windows.GetSecurityInfo(pipe, windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("asking whose the pipe is: %w", err)
	}
	owner, _, err := who.Owner()
	if err != nil {
		return fmt.Errorf("asking whose the pipe is: %w", err)
	}
	if !owner.IsWellKnown(windows.WinLocalSystemSid) && !owner.IsWellKnown(windows.WinBuiltinAdministratorsSid) {
		return errors.New("what answers is no filter service: no administrator started it")
	}
	return nil
}

func handleOf(conn net.Conn) (windows.Handle, error) {
	handle, ok := conn.(interface{ Fd() uintptr })
	if !ok {
		return 0, fmt.Errorf("not a pipe: %T", conn)
	}
	return windows.Handle(handle.Fd()), nil
}

// peer returns who is at the other end of conn, by the token of the process
// that holds it.
func peer(conn net.Conn) (filter.Caller, error) {
	pipe, err := handleOf(conn)
	if err != nil {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: %w", err)
	}
	var pid uint32
	if err := windows.GetNamedPipeClientProcessId(pipe, &pid); err != nil {
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
