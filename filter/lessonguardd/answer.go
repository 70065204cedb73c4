package main

import (
	"fmt"
	"strings"
)

// answerUsage is the help of --answer.
const answerUsage = "for the desktop program: `PIPE` to write standard output to, and a line \"error: …\" where it fails (Windows)"

// answerAt has do write its standard output to the pipe at path, where the
// program that called us reads: Windows gives a program that it elevates no
// standard output. With no path it changes nothing.
func answerAt(std stdio, path string, do func(stdio) error) error {
	if path == "" {
		return do(std)
	}
	pipe, err := openAnswer(path)
	if err != nil {
		return fmt.Errorf("answering at %s: %w", path, err)
	}
	std.out = pipe
	err = do(std)
	if err != nil {
		fmt.Fprintln(pipe, "error:", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	if closing := pipe.Close(); err == nil {
		err = closing
	}
	return err
}
