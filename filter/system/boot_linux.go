package system

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func hostsFile() string { return "/etc/hosts" }

func thisBoot() (b Boot, err error) {
	// Without /proc/sys, in a sandbox, the time has to do.
	if id, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		b.ID = strings.TrimSpace(string(id))
	}
	var up unix.Timespec // with the time asleep
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
		return b, fmt.Errorf("asking when this PC was started: %w", err)
	}
	b.At = time.Now().Add(-time.Duration(up.Nano())).Round(0)
	return b, nil
}
