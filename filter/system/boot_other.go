//go:build !linux && !windows && !darwin

package system

import "errors"

func hostsFile() string { return "/etc/hosts" }

func thisBoot() (Boot, error) {
	return Boot{}, errors.New("asking when this PC was started: this system is not known")
}
