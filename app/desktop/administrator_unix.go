//go:build unix

package desktop

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
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
func told(c Command, said string, err error) error {
	if said = lastLine(filepath.Base(c.Path), said); said != "" {
		return errors.New(said)
	}
	return err
}

// lastLine returns the last line of what a program said, without its name.
func lastLine(name, said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	return strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), name+": ")
}
