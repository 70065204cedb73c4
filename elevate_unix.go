//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os/exec"
)

// spoken runs cmd, gives each line of its standard output to line, and returns
// what it wrote on its standard error beside how it ended.
func spoken(cmd *exec.Cmd, line func(string)) (said string, err error) {
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("asking for an administrator: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("asking for an administrator: %w", err)
	}
	for scan := bufio.NewScanner(out); scan.Scan(); {
		line(scan.Text())
	}
	err = cmd.Wait()
	return complaint.String(), err
}

// told returns what a program said as an error, or err where it said nothing.
func told(said string, err error) error {
	if said = lastLine(said); said != "" {
		return errors.New(said)
	}
	return err
}
