package main

import (
	"context"
	"fmt"
	"strings"
)

// secret reads a line of standard input: what must not be in a command line,
// where every account could see it. At a terminal it asks for it, and what is
// typed is not shown.
func (s stdio) secret(ctx context.Context, what string) (string, error) {
	if show, ok := hide(s.terminal); ok {
		fmt.Fprint(s.err, what+": ")
		defer fmt.Fprintln(s.err)
		defer show()
	}
	line, err := s.line(ctx)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil && line == "" {
		return "", fmt.Errorf("%s is needed: type it, or give it on standard input", what)
	}
	return strings.TrimSpace(line), nil
}

// line reads a line of standard input, with its end.
func (s stdio) line(ctx context.Context) (string, error) {
	type answer struct {
		line string
		err  error
	}
	read := make(chan answer, 1)
	go func() { // a terminal cannot be stopped from being read
		line, err := s.in.ReadString('\n')
		read <- answer{line, err}
	}()
	select {
	case a := <-read:
		return a.line, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
