package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxInvite bounds what is read of a code, in bytes.
const maxInvite = 256

// readInvite reads the code that the provider gave: the first line of the file at
// path, or of in where path is "-". The code itself is no argument, because every
// account of the PC can read the list of processes, and could use it first.
func readInvite(path string, in io.Reader) (string, error) {
	if path != "-" {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return "", errors.New("--invite: there is no such file: put the code into a file and give its name, or give - and type the code")
		}
		if err != nil {
			return "", fmt.Errorf("--invite: %w", err)
		}
		defer f.Close()
		in = f
	}
	line, err := bufio.NewReader(io.LimitReader(in, maxInvite)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("--invite: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return "", errors.New("--invite: there is no code in it")
	}
	return line, nil
}
