package system

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// When the service is killed, its sockets close a moment before the kernel kills
// the nft that holds the table; and connections that were redirected go on being
// so for as long as another table keeps translation alive. Both are questions
// that nobody answers. So a second process of ours stays behind for a moment: it
// keeps the sockets open until the table is gone, and then makes the kernel
// forget those connections.

// A sweeper is that process, as the service sees it.
type sweeper struct {
	us   *net.UnixConn // it ends when this closes, however it closes
	done chan struct{}
	err  error
}

// startSweeper starts command, which calls [Sweep], and gives it the sockets.
// They are passed over a socket of their own: as files of a new process they
// would be made blocking, and they are the service's too.
func startSweeper(command []string, sockets []syscall.Conn) (*sweeper, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("starting the sweeper: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "sweeper")
	defer theirs.Close()
	file := os.NewFile(uintptr(pair[0]), "sweeper")
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, fmt.Errorf("starting the sweeper: %w", err)
	}
	s := &sweeper{us: conn.(*net.UnixConn), done: make(chan struct{})}
	if err := s.give(sockets); err != nil {
		s.us.Close()
		return nil, err
	}
	// Not of the caller's context: it outlives even us.
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...)
	cmd.Stdin, cmd.Stderr = theirs, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		s.us.Close()
		return nil, fmt.Errorf("starting the sweeper: %w", err)
	}
	go func() {
		if s.err = cmd.Wait(); s.err == nil {
			s.err = errors.New("without saying why")
		}
		close(s.done)
	}()
	return s, nil
}

func (s *sweeper) give(sockets []syscall.Conn) error {
	var fds []int
	for _, socket := range sockets {
		raw, err := socket.SyscallConn()
		if err != nil {
			return fmt.Errorf("giving the sweeper our sockets: %w", err)
		}
		if err := raw.Control(func(fd uintptr) { fds = append(fds, int(fd)) }); err != nil {
			return fmt.Errorf("giving the sweeper our sockets: %w", err)
		}
	}
	if _, _, err := s.us.WriteMsgUnix([]byte{0}, unix.UnixRights(fds...), nil); err != nil {
		return fmt.Errorf("giving the sweeper our sockets: %w", err)
	}
	return nil
}

func (s *sweeper) lost() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// end tells the sweeper that we are done, and waits until it has swept.
func (s *sweeper) end() {
	s.us.Close()
	<-s.done
}

// Sweep is all that the process of [HookConfig.Sweep] does: it keeps the sockets
// that come in on its standard input until whoever started it is gone or closes
// the other end, and then sweeps up behind it. It returns within a few seconds
// of that, whatever goes wrong.
func Sweep() error {
	// What tells a whole group to stop tells the service too; we stay behind it.
	signal.Ignore(unix.SIGTERM, unix.SIGINT, unix.SIGHUP)
	room, rights := make([]byte, 16), make([]byte, unix.CmsgSpace(64*4))
	for {
		n, _, _, _, err := unix.Recvmsg(0, room, rights, unix.MSG_CMSG_CLOEXEC)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil && !errors.Is(err, unix.ECONNRESET) {
			return fmt.Errorf("watching over the service: %w", err)
		}
		if n <= 0 || err != nil {
			break
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	gone := nftGone(ctx)
	return errors.Join(gone, forgetQuestions())
}
