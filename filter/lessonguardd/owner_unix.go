//go:build unix

package main

import (
	"io/fs"
	"syscall"
)

// owner has a process run as the account that a file belongs to.
func owner(file fs.FileInfo) *syscall.SysProcAttr {
	of, ok := file.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: of.Uid, Gid: of.Gid}}
}
