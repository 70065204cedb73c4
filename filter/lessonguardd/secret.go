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
		if a.err != nil && a.line == "" {
			return "", fmt.Errorf("%s is needed: type it, or give it on standard input", what)
		}
		return strings.TrimSpace(a.line), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
