package main

import "golang.org/x/sys/unix"

// limitData bounds the memory that can be written, which the runtime's
// reservations do not count in (Linux 4.7).
func limitData() error {
	return unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: 1 << 30, Max: 1 << 30})
}
