package control

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// started returns when a process began; "" where it is not known.
func started(pid int) string {
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d.%d", info.Proc.P_starttime.Sec, info.Proc.P_starttime.Usec)
}
