package system

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The table is held by an "nft -i", and that by a process of ours, the holder,
// which is there for the moment of the service's death. The kernel would remove
// the table then all the same; but the questions of that moment would go
// unanswered, for a millisecond or for ten, those on old sockets for as long as
// another nat table keeps translation alive, and systemd-resolved waits five
// seconds for each. So the holder, which has the service's sockets too,
//
//   - stops the redirecting of new questions,
//   - answers every question that the service left with "ask again over TCP",
//   - makes the kernel forget the redirected connections, answering meanwhile
//     what still comes by them, and
//   - lets the table go.
//
// When the service dies the holder's standard input ends. When the holder dies
// the kernel kills nft, and with it the table goes.

// maxHeld bounds what the holder is given.
const maxHeld = 64

// Hold is all that the process of [HookConfig.Holder] does. It returns nil when
// the service that started it is gone, or has let go, and everything is put
// back.
func Hold() error {
	// What tells a whole group to stop tells the service too; we stay behind it.
	// SIGABRT is what systemd's watchdog tells one that hangs.
	signal.Ignore(unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGABRT)
	left, err := receive()
	if err != nil {
		return err
	}
	nft, err := startNft()
	if err != nil {
		return err
	}
	defer nft.end()
	service := make(chan error, 1)
	go func() {
		_, err := io.Copy(nft.stdin, os.Stdin)
		service <- err
	}()
	select {
	case <-nft.done:
		return fmt.Errorf("holding the table: nft ended: %w", nft.err)
	case <-service: // gone, however it went
	}
	stopped := nft.stop()
	if stopped != nil {
		nft.end() // else those whom we answer would be redirected again, to nobody
	}
	return errors.Join(stopped, left.answer(forgetRedirected))
}

// receive returns what the service hands over: a byte, and files with it.
func receive() (*leftovers, error) {
	room, rights := make([]byte, 1), make([]byte, unix.CmsgSpace(maxHeld*4))
	n, rightsLen, _, _, err := unix.Recvmsg(0, room, rights, unix.MSG_CMSG_CLOEXEC)
	if err != nil || n != 1 {
		return nil, fmt.Errorf("hearing from the service (this command is for its use only): %w", err)
	}
	messages, err := unix.ParseSocketControlMessage(rights[:rightsLen])
	if err != nil {
		return nil, fmt.Errorf("receiving the service's sockets: %w", err)
	}
	var all []int
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			return nil, fmt.Errorf("receiving the service's sockets: %w", err)
		}
		all = append(all, fds...)
	}
	return newLeftovers(all), nil
}

// A runningNft is an "nft -i". The table is tied to its netlink socket.
type runningNft struct {
	stdin io.WriteCloser
	done  chan struct{} // closed when it has ended, after err is set
	err   error
	kill  func() error
}

// startNft starts an nft that the kernel kills when we die (PR_SET_PDEATHSIG);
// besides, it ends at the end of its input, which is a pipe from us.
func startNft() (*runningNft, error) {
	cmd, err := nftCommand(context.Background(), "--interactive")
	if err != nil {
		return nil, err
	}
	r := &runningNft{done: make(chan struct{})}
	if r.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting nft: %w", err)
	}
	cmd.Stderr = os.Stderr // the service reads it
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go r.run(cmd, started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting nft: %w", err)
	}
	return r, nil
}

// run starts cmd and waits for its end on one thread: the kernel takes the end
// of the thread that started a child for the end of its parent.
func (r *runningNft) run(cmd *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	r.kill = cmd.Process.Kill
	started <- nil
	if r.err = cmd.Wait(); r.err == nil {
		r.err = errors.New("without saying why")
	}
	close(r.done)
}

// stop sends new questions where they are going, and leaves the translation of
// those under way. What the service said last may still be on its way to nft, if
// it died as it set the table: so that nothing of it comes after us, nft is told
// to make the table where there is none. It waits two seconds at most.
func (r *runningNft) stop() error {
	if _, err := io.WriteString(r.stdin, nftStopped()); err != nil {
		return fmt.Errorf("telling nft to stop: %w", err)
	}
	late := time.After(2 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		if held, err := nftHolds(nftStopMark); err != nil || held {
			return err
		}
		select {
		case <-late:
			return errors.New("waiting for nft to stop: it does not")
		case <-r.done:
			return fmt.Errorf("waiting for nft to stop: it ended: %w", r.err)
		case <-tick.C:
		}
	}
}

// end ends nft, and with it the table.
func (r *runningNft) end() {
	_ = r.stdin.Close()
	_ = r.kill()
	<-r.done
}
