package system

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// An nftHolder is a running [Hold], as the service sees it.
type nftHolder struct {
	us   *net.UnixConn // the holder ends when this closes, however it closes
	said complaints
	done chan struct{} // closed when it has ended, after err is set
	err  error
}

// startHolder starts the command that calls [Hold], and gives it what it keeps.
func startHolder(c HookConfig) (*nftHolder, error) {
	if len(c.Holder) == 0 {
		return nil, errors.New("starting the holder: no command for it is given")
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("starting the holder: %w", err)
	}
	theirs, file := os.NewFile(uintptr(pair[1]), "holder"), os.NewFile(uintptr(pair[0]), "holder")
	defer theirs.Close()
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, fmt.Errorf("starting the holder: %w", err)
	}
	h := &nftHolder{us: conn.(*net.UnixConn), done: make(chan struct{}), said: complaints{heard: make(chan struct{})}}
	if err := h.give(c); err != nil {
		h.us.Close()
		return nil, err
	}
	// Not of the caller's context: it outlives even us.
	cmd := exec.CommandContext(context.Background(), c.Holder[0], c.Holder[1:]...)
	cmd.Stdin, cmd.Stderr = theirs, &h.said
	// In a process group of its own: Ctrl-C in a terminal is for us, who then
	// restore in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		h.us.Close()
		return nil, fmt.Errorf("starting the holder: %w", err)
	}
	go func() {
		if h.err = cmd.Wait(); h.err == nil {
			h.err = errors.New("without saying why")
		}
		close(h.done)
	}()
	return h, nil
}

// give hands over the memory of unanswered questions and the sockets. They go
// over the socket: as files of a new process they would be made blocking, and
// they are the service's too.
func (h *nftHolder) give(c HookConfig) error {
	var fds []int
	if c.Unanswered != nil {
		fds = append(fds, int(c.Unanswered.file.Fd()))
	}
	for _, socket := range c.Sockets {
		raw, err := socket.SyscallConn()
		if err != nil {
			return fmt.Errorf("giving the holder our sockets: %w", err)
		}
		if err := raw.Control(func(fd uintptr) { fds = append(fds, int(fd)) }); err != nil {
			return fmt.Errorf("giving the holder our sockets: %w", err)
		}
	}
	if len(fds) > maxHeld {
		return fmt.Errorf("giving the holder %d sockets: it takes %d", len(fds), maxHeld)
	}
	if _, _, err := h.us.WriteMsgUnix([]byte{0}, unix.UnixRights(fds...), nil); err != nil {
		return fmt.Errorf("giving the holder our sockets: %w", err)
	}
	return nil
}

// tell gives nft one transaction: it makes one of each line.
func (h *nftHolder) tell(rules string) error {
	h.said.forget()
	if _, err := io.WriteString(h.us, nftLine(rules)); err != nil {
		return fmt.Errorf("telling nft the rules: %w", err)
	}
	return nil
}

func nftLine(rules string) string { return strings.Join(strings.Fields(rules), " ") + "\n" }

func (h *nftHolder) lost() bool {
	select {
	case <-h.done:
		return true
	default:
		return false
	}
}

// end lets go of the table, and waits until it is gone and swept up after.
func (h *nftHolder) end() {
	h.us.Close()
	<-h.done
}

// complaints keeps what the holder and nft say on their standard error. Not all of
// it is one: where there is no terminfo, nft says so, and does its work.
type complaints struct {
	mu    sync.Mutex
	text  bytes.Buffer
	heard chan struct{} // closed at the first error
}

// errorMark is in each error of nft's.
const errorMark = "Error:"

func (c *complaints) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.wrong()
	if room := 4096 - c.text.Len(); room > 0 {
		c.text.Write(p[:min(room, len(p))])
	}
	if !before && c.wrong() {
		close(c.heard)
	}
	return len(p), nil
}

func (c *complaints) wrong() bool { return bytes.Contains(c.text.Bytes(), []byte(errorMark)) }

func (c *complaints) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wrong() {
		c.heard = make(chan struct{})
	}
	c.text.Reset()
}

// after returns the first error of it with something before it, or the first line,
// or nothing.
func (c *complaints) after(before string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	said := c.text.String()
	for line := range strings.Lines(said) {
		if strings.Contains(line, errorMark) {
			said = line
			break
		}
	}
	if line := firstLine(said); line != "" {
		return before + line
	}
	return ""
}
