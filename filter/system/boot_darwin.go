package system

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

func hostsFile() string { return "/etc/hosts" }

func thisBoot() (Boot, error) {
	at, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return Boot{}, fmt.Errorf("asking when this PC was started: %w", err)
	}
	return Boot{At: time.Unix(at.Unix())}, nil
}
