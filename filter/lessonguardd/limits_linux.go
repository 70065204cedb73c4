package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// limitData bounds the memory that can be written, which the runtime's
// reservations do not count in (Linux 4.7). Where the PC has too little, it is
// this process that the kernel ends (proc(5), oom_score_adj): the service, whose
// reckoning it has else, is to be the last.
func limitData() error {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0) // without, it has the same limits
	return unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: 1 << 30, Max: 1 << 30})
}
