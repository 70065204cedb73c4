package desktop

import (
	"path/filepath"
	"syscall"

	"golang.org/x/sys/windows"
)

// opener returns what opens an address. By its whole path: Windows looks for
// programs in the working directory first (CWE-426).
func opener(address string) (name string, args []string, err error) {
	system, err := windows.GetSystemDirectory()
	if err != nil {
		return "", nil, err
	}
	return filepath.Join(system, "rundll32.exe"), []string{"url.dll,FileProtocolHandler", address}, nil
}

// apart is nothing here: a program's end does not end what it started.
var apart *syscall.SysProcAttr
