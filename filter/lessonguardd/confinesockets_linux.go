package main

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refuseUnixSockets lets this thread, and the program that it starts, open no unix
// socket again: the control socket takes the service's account for its owner, and
// a child that a hostile list had taken over would be one. It asks publishers and
// resolvers alone, by IP. The thread must have given up new privileges before.
func refuseUnixSockets() error {
	arch, known := map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]
	if !known { // with system calls of another kind
		return nil
	}
	const (
		number, architecture, family = 0, 4, 16 // where they are in struct seccomp_data: the first argument is the family

		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		least  = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		answer = unix.BPF_RET | unix.BPF_K

		x32 = 0x40000000 // the same calls by other numbers
	)
	filter := []unix.SockFilter{
		{Code: load, K: architecture},
		{Code: equal, K: arch, Jf: 6},
		{Code: load, K: number},
		{Code: least, K: x32, Jt: 4},
		{Code: equal, K: unix.SYS_SOCKET, Jf: 2},
		{Code: load, K: family},
		{Code: equal, K: unix.AF_UNIX, Jt: 1},
		{Code: answer, K: unix.SECCOMP_RET_ALLOW},
		{Code: answer, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
	runtime.KeepAlive(filter)
	if err != nil && !errors.Is(err, unix.EINVAL) { // a kernel without
		return fmt.Errorf("refusing unix sockets: %w", err)
	}
	return nil
}
