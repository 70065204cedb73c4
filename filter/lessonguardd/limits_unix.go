//go:build unix

package main

import "golang.org/x/sys/unix"

// limitSelf bounds what this process may take from the PC, whatever the lists
// do to it. A million names take a tenth of the memory and a hundredth of the
// time. Nothing of a restricted list is to be found in a core.
func limitSelf() error {
	limits := map[int]uint64{
		unix.RLIMIT_AS:  4 << 30, // much of it is only reserved by Go's runtime
		unix.RLIMIT_CPU: 15 * 60, unix.RLIMIT_FSIZE: 1 << 30, unix.RLIMIT_NOFILE: 256, unix.RLIMIT_CORE: 0,
	}
	for what, most := range limits {
		var now unix.Rlimit
		if err := unix.Getrlimit(what, &now); err != nil {
			return err
		}
		now.Cur, now.Max = min(most, now.Max), min(most, now.Max)
		if err := unix.Setrlimit(what, &now); err != nil {
			return err
		}
	}
	return limitData()
}
