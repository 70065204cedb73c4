package desktop

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lessonguard/assets/files"
)

// ErrHandedOver means that the program runs already and took the call over: the
// second start has nothing left to do.
var ErrHandedOver = errors.New("the program runs already and took this over")

// ErrNoAnswer means that the program runs already but does not answer. Whoever
// wants help must get it all the same: open what was asked for, alone.
var ErrNoAnswer = errors.New("the program runs already but does not answer")

const (
	patience = 3 * time.Second // for one call, on either side
	maxCall  = 64 << 10        // bytes; an invite's link is the longest
	taken    = "taken\n"       // the answer to a call
)

// A Call is what a second start was asked to do. It is kept nowhere.
type Call struct {
	Args   []string `json:"args"`             // without the program's name
	Dir    string   `json:"dir"`              // that paths in Args start from
	Invite string   `json:"invite,omitempty"` // a code that stood in a file
}

// An Instance is the one running program of an account. Make one with [Claim].
type Instance struct {
	lock     *os.File
	listener net.Listener
}

// RuntimeDir returns the folder for [Claim]: the account's own, made and checked
// to be closed to others.
func RuntimeDir() (string, error) {
	base := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(base) {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding the account's folder: %w", err)
		}
		base = cache
	}
	dir := filepath.Join(base, "lessonguard")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the account's folder: %w", err)
	}
	if err := private(dir); err != nil {
		return "", fmt.Errorf("using %s: %w", dir, err)
	}
	return dir, nil
}

// Claim makes this process the one instance in dir. Where there is one, it gets
// the call, and Claim returns ErrHandedOver, or ErrNoAnswer after three seconds.
func Claim(ctx context.Context, dir string, call Call) (*Instance, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		held, err := files.Lock(filepath.Join(dir, "instance.lock"))
		if err == nil {
			return listen(ctx, dir, held)
		}
		if !errors.Is(err, files.ErrLocked) {
			return nil, fmt.Errorf("claiming to be the only instance: %w", err)
		}
		// The other one may be just starting, or just ending: try until it is
		// there, or gone.
		if err = handOver(ctx, socket(dir), call); !errors.Is(err, ErrNoAnswer) {
			return nil, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

func listen(ctx context.Context, dir string, held *os.File) (*Instance, error) {
	// Whoever made it is gone: the lock says so.
	err := os.Remove(socket(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("removing the socket of an ended instance: %w", errors.Join(err, held.Close()))
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", socket(dir))
	if err != nil {
		return nil, fmt.Errorf("listening to later starts: %w", errors.Join(err, held.Close()))
	}
	if err := restrict(socket(dir)); err != nil {
		return nil, fmt.Errorf("listening to later starts: %w", errors.Join(err, l.Close(), held.Close()))
	}
	return &Instance{held, l}, nil
}

func socket(dir string) string { return filepath.Join(dir, "instance.sock") }

// Run gives each call of a later start to take, one at a time, until ctx ends;
// then the next start is the first again. take returns once the window shows: a
// start whose call it does not take within three seconds helps itself, so a take
// that returns before would leave a learner without help where the screen hangs.
// A take that hangs does not keep Run from ending.
func (i *Instance) Run(ctx context.Context, take func(Call)) error {
	stop := context.AfterFunc(ctx, func() { i.listener.Close() })
	defer stop()
	var calls sync.WaitGroup
	var turn sync.Mutex
	for {
		conn, err := i.listener.Accept()
		if err != nil {
			calls.Wait()
			if ctx.Err() != nil {
				err = nil
			}
			return errors.Join(err, i.lock.Close())
		}
		calls.Go(func() {
			defer conn.Close()
			// What another account or a damaged start says is no call.
			if call, err := receive(conn); err == nil {
				took := make(chan struct{})
				go func() {
					turn.Lock()
					defer turn.Unlock()
					take(call)
					close(took)
				}()
				select {
				case <-took:
					conn.Write([]byte(taken)) //nolint:errcheck // the other side notices
				case <-ctx.Done():
				}
			}
		})
	}
}

// Close gives up being the instance, where Run was never called.
func (i *Instance) Close() error { return errors.Join(i.listener.Close(), i.lock.Close()) }

func receive(conn net.Conn) (Call, error) {
	var call Call
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return call, err
	}
	if err := samePeer(conn); err != nil {
		return call, err
	}
	text, err := bufio.NewReader(io.LimitReader(conn, maxCall)).ReadBytes('\n')
	if err != nil {
		return call, err
	}
	return call, json.Unmarshal(text, &call)
}

// handOver hands the call to the instance that has the lock: ErrHandedOver where
// it took it.
func handOver(ctx context.Context, path string, call Call) error {
	text, err := json.Marshal(call)
	if err != nil {
		return fmt.Errorf("handing over to the running program: %w", err)
	}
	if len(text) >= maxCall {
		return fmt.Errorf("handing over to the running program: the arguments are longer than %d KiB", maxCall>>10)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNoAnswer, err)
	}
	defer conn.Close()
	if err := send(ctx, conn, append(text, '\n')); err != nil {
		return fmt.Errorf("%w (%w)", ErrNoAnswer, err)
	}
	return ErrHandedOver
}

func send(ctx context.Context, conn net.Conn, text []byte) error {
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
	if err := samePeer(conn); err != nil {
		return err
	}
	if _, err := conn.Write(text); err != nil {
		return err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && answer != taken {
		err = errors.New("it answered something else")
	}
	return err
}
