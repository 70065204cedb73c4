package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A process is one program that was started, in a process group of its own so
// that a Ctrl-C is ours to pass on, in order.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // why, once done is closed

	mu    sync.Mutex
	lines []string
	more  chan struct{} // closed and replaced at each line
	log   *os.File
}

// start starts a program whose output goes to dir/name.log, and can be waited
// for line by line.
func start(ctx context.Context, dir, name string, cmd *exec.Cmd) (*process, error) {
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, done: make(chan struct{}), more: make(chan struct{}), log: log}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go p.read(out)
	return p, nil
}

func (p *process) read(out io.Reader) {
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		fmt.Fprintln(p.log, scan.Text())
		p.mu.Lock()
		p.lines = append(p.lines, scan.Text())
		close(p.more)
		p.more = make(chan struct{})
		p.mu.Unlock()
	}
	p.err = p.cmd.Wait()
	p.log.Close()
	close(p.done)
}

// line waits for a line with the given words in it and returns what follows
// them.
func (p *process) line(ctx context.Context, words string) (string, error) {
	return p.says(ctx, words, func(line string) (string, bool) {
		_, after, ok := strings.Cut(line, words)
		return strings.TrimSpace(after), ok
	})
}

// says waits for a line that is as wanted; what says what that is.
func (p *process) says(ctx context.Context, what string, wanted func(line string) (string, bool)) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		p.mu.Lock()
		lines, more := p.lines, p.more
		p.mu.Unlock()
		for _, l := range lines {
			if found, ok := wanted(l); ok {
				return found, nil
			}
		}
		select {
		case <-more:
		case <-p.done:
			return "", p.died()
		case <-ctx.Done():
			return "", fmt.Errorf("%s did not say %q: %w; its output is in %s", p.name, what, ctx.Err(), p.log.Name())
		}
	}
}

// died says why the process ended, in its own last words.
func (p *process) died() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := "without a word"
	if len(p.lines) > 0 {
		last = p.lines[len(p.lines)-1]
	}
	return fmt.Errorf("%s ended (%w): %s", p.name, errors.Join(p.err, errors.New(p.cmd.ProcessState.String())), last)
}

// stop asks the process to end, and kills it if it does not.
func (p *process) stop() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM) // it may have ended
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
	}
}
