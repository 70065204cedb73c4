package control

import (
	"bytes"
	"fmt"
	"os"
)

// started returns when a process began, as the kernel counts it; "" where it
// may not be known, as in a service that sees no processes but its own.
func started(pid int) string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The name of the program may hold anything, parentheses too (proc(5)); the
	// start is the 22nd field, the 20th after it.
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	if len(fields) < 20 {
		return ""
	}
	return string(fields[19])
}
