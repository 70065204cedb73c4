package system

import (
	"time"

	"golang.org/x/sys/unix"
)

func asleep() (time.Duration, bool) {
	var awake, all unix.Timespec
	// In this order, so that time between the two is no sleep but less than none.
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &all) != nil || unix.ClockGettime(unix.CLOCK_MONOTONIC, &awake) != nil {
		return 0, false
	}
	return max(0, time.Duration(all.Nano()-awake.Nano())), true
}
