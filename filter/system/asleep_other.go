//go:build !linux

package system

import "time"

func asleep() (time.Duration, bool) { return 0, false }
