package system

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// An nftChild is a running "nft -i". The table is tied to its netlink socket.
type nftChild struct {
	stdin io.WriteCloser
	said  complaints
	done  chan struct{} // closed when it has ended, after err is set
	err   error
	kill  func()
}

// startNft starts a child that the kernel kills when we die, however we die
// (PR_SET_PDEATHSIG); besides, it ends at the end of its input, which is a pipe
// from us.
func startNft() (*nftChild, error) {
	// Not of the caller's context: the table outlives the call that set it.
	cmd, err := nftCommand(context.Background(), "--interactive")
	if err != nil {
		return nil, err
	}
	c := &nftChild{done: make(chan struct{}), said: complaints{heard: make(chan struct{})}}
	if c.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting nft: %w", err)
	}
	cmd.Stderr = &c.said
	// In a process group of its own: Ctrl-C in a terminal is for us, who then
	// restore in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started := make(chan error)
	go c.run(cmd, started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting nft: %w", err)
	}
	return c, nil
}

// run starts cmd and waits for its end on one thread: the kernel takes the end
// of the thread that started a child for the end of its parent.
func (c *nftChild) run(cmd *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	c.kill = func() { _ = cmd.Process.Kill() }
	started <- nil
	c.err = cmd.Wait()
	if c.err == nil {
		c.err = errors.New("without saying why")
	}
	close(c.done)
}

// tell gives the child one transaction: nft -i makes one of each line.
func (c *nftChild) tell(rules string) error {
	c.said.forget()
	if _, err := io.WriteString(c.stdin, strings.Join(strings.Fields(rules), " ")+"\n"); err != nil {
		return fmt.Errorf("telling nft the rules: %w", err)
	}
	return nil
}

func (c *nftChild) lost() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// end ends the child, and with it the table.
func (c *nftChild) end() {
	_ = c.stdin.Close()
	c.kill()
	<-c.done
}

// complaints keeps what nft says on its standard error.
type complaints struct {
	mu    sync.Mutex
	text  []byte
	heard chan struct{} // closed at the first word
}

func (c *complaints) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.text) == 0 && len(p) > 0 {
		close(c.heard)
	}
	if room := 4096 - len(c.text); room > 0 {
		c.text = append(c.text, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

func (c *complaints) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.text) > 0 {
		c.text, c.heard = nil, make(chan struct{})
	}
}

// after returns the first line of it with something before it, or nothing.
func (c *complaints) after(before string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if line := firstLine(string(c.text)); line != "" {
		return before + line
	}
	return ""
}
