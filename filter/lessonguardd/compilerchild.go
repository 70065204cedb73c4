package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
	"unicode"

	"lessonguard/filter"
)

// unwatched is the progress that nobody wants to know.
func unwatched(filter.Progress) {}

// child runs "lists compile" until it ends or ctx is done. It ends as well when
// the pipe to it does, so that it does not outlive the service.
func (c *compiler) child(ctx context.Context, args []string, progress func(filter.Progress)) error {
	cmd := exec.CommandContext(ctx, c.program, append([]string{"lists", "compile", "--child", "--state", c.dir}, args...)...)
	hold, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("compiling lists: %w", err)
	}
	cmd.Cancel = hold.Close // which every system understands
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("compiling lists: %w", err)
	}
	var said bytes.Buffer
	cmd.Stderr = &most{to: &said, left: 64 << 10}
	if err := startConfined(cmd); err != nil {
		return fmt.Errorf("compiling lists: %w", err)
	}
	last := watch(out, progress)
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		why := strings.TrimSpace(said.String())
		if _, line, ok := strings.Cut(why, "lessonguardd: "); ok {
			why = line
		}
		return fmt.Errorf("compiling lists: %s", cmp.Or(oneLine(why), err.Error()))
	}
	c.log.Info("lists compiled", "result", last)
	return nil
}

// watch tells progress what a child says, and returns the last of it. It reads
// all of it, whatever it is: the child has read what others wrote.
func watch(out io.Reader, progress func(filter.Progress)) (last string) {
	lines := bufio.NewScanner(io.LimitReader(out, 16<<20))
	for lines.Scan() {
		var p filter.Progress
		if json.Unmarshal(lines.Bytes(), &p) == nil {
			p.List, p.Note = oneLine(p.List), oneLine(p.Note)
			progress(p)
			last = p.Note
		}
	}
	_, _ = io.Copy(io.Discard, out) // a child that waits for us would never end
	return last
}

// oneLine makes of a text that others wrote, or may have changed, one line for a
// log or a screen.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' {
			return ';'
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	const long = 400
	if len(s) > long {
		s = strings.ToValidUTF8(s[:long], "") + "…"
	}
	return s
}

// most is a writer that takes so many bytes and drops the rest.
type most struct {
	to   io.Writer
	left int
}

func (m *most) Write(p []byte) (int, error) {
	n := min(len(p), m.left)
	m.left -= n
	if _, err := m.to.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}
