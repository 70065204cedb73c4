//go:build unix

package desktop

import "syscall"

// apart keeps a browser alive that we started, when we are interrupted.
var apart = &syscall.SysProcAttr{Setpgid: true}
