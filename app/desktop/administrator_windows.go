package desktop

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// connectPatience is how long the program may take from the administrator's yes
// to its first word.
const connectPatience = 30 * time.Second

// onlyAdministrators lets nobody else write into the pipe, and nobody read from
// it but who made it: the claim is in it. It is FILE_GENERIC_WRITE, and
// FILE_READ_ATTRIBUTES, for which CreateFile asks whatever it is to open.
const onlyAdministrators = "D:P(A;;0x120196;;;BA)(A;;0x120196;;;SY)"

// asAdministrator runs a program elevated, for which Windows asks. A program
// started like that has no standard output of ours, so it is told of a pipe with
// a random name, made for it alone and for one connection.
func asAdministrator(ctx context.Context, c Command, line func(string)) error {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	name := `\\.\pipe\lessonguard-` + hex.EncodeToString(random[:])
	pipe, err := makePipe(name)
	if err != nil {
		return fmt.Errorf("asking for an administrator: %w", err)
	}
	defer windows.CloseHandle(pipe) //nolint:errcheck // it was only read from
	if err := elevated(c.Path, append(slices.Clone(c.Args), "--answer", name)); err != nil {
		return err
	}
	if err := connected(ctx, pipe); err != nil {
		return err
	}
	var failure error
	for scan := bufio.NewScanner(pipeReader{pipe}); scan.Scan(); {
		if why, ok := strings.CutPrefix(scan.Text(), "error: "); ok {
			failure = errors.New(why)
			continue
		}
		line(scan.Text())
	}
	return failure
}

func makePipe(name string) (windows.Handle, error) {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return 0, err
	}
	who, err := windows.SecurityDescriptorFromString(onlyAdministrators)
	if err != nil {
		return 0, err
	}
	attributes := &windows.SecurityAttributes{SecurityDescriptor: who}
	attributes.Length = uint32(unsafe.Sizeof(*attributes))
	return windows.CreateNamedPipe(path,
		windows.PIPE_ACCESS_INBOUND|windows.FILE_FLAG_FIRST_PIPE_INSTANCE,
		windows.PIPE_TYPE_BYTE|windows.PIPE_NOWAIT|windows.PIPE_REJECT_REMOTE_CLIENTS,
		1, 4096, 4096, 0, attributes)
}

func elevated(program string, args []string) error {
	file, err := windows.UTF16PtrFromString(program)
	if err != nil {
		return err
	}
	line, err := windows.UTF16PtrFromString(windows.ComposeCommandLine(args))
	if err != nil {
		return err
	}
	verb, err := windows.UTF16PtrFromString("runas")
	if err != nil {
		return err
	}
	err = windows.ShellExecute(0, verb, file, line, nil, windows.SW_HIDE)
	if errors.Is(err, windows.ERROR_CANCELLED) {
		return ErrCancelled
	}
	if err != nil {
		return fmt.Errorf("asking for an administrator: %w", err)
	}
	return nil
}

// connected waits until the program has opened the pipe, and makes reading from
// it wait.
func connected(ctx context.Context, pipe windows.Handle) error {
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	for {
		err := windows.ConnectNamedPipe(pipe, nil)
		if err == nil || errors.Is(err, windows.ERROR_PIPE_CONNECTED) || errors.Is(err, windows.ERROR_NO_DATA) {
			mode := uint32(windows.PIPE_READMODE_BYTE | windows.PIPE_WAIT)
			return windows.SetNamedPipeHandleState(pipe, &mode, nil, nil)
		}
		if !errors.Is(err, windows.ERROR_PIPE_LISTENING) {
			return fmt.Errorf("hearing from the filter's program: %w", err)
		}
		select {
		case <-ctx.Done():
			return errors.New("the filter's program was started and says nothing")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// A pipeReader reads until the other end closes.
type pipeReader struct{ pipe windows.Handle }

func (r pipeReader) Read(p []byte) (int, error) {
	var n uint32
	err := windows.ReadFile(r.pipe, p, &n, nil)
	if errors.Is(err, windows.ERROR_BROKEN_PIPE) {
		return int(n), io.EOF
	}
	return int(n), err
}
