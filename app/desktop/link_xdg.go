//go:build !windows && !darwin

package desktop

import (
	"errors"
	"os/exec"
)

// opener returns what opens an address.
func opener(address string) (name string, args []string, err error) {
	path, err := exec.LookPath("xdg-open")
	if err != nil {
		return "", nil, errors.New("xdg-open is missing: install xdg-utils, or type the address into a web browser")
	}
	return path, []string{address}, nil
}
