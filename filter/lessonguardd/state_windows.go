package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"lessonguard/assets/files"
)

// onlySystem lets the system, which the service runs as, and administrators
// into the state directory, and nobody else: they restore it, and mint claims.
// It takes nothing from the folder above.
const onlySystem = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"

// makeState makes the state directory. Every account may make folders beside it:
// one that an administrator or the system did not make is somebody's trap, and is
// set aside.
func makeState(dir string) error {
	who, err := windows.SecurityDescriptorFromString(onlySystem)
	if err != nil {
		return err
	}
	if info, err := os.Lstat(dir); err == nil && (info.Mode().Type() != fs.ModeDir || !ownedBySystem(dir)) {
		if _, err := files.SetAside(dir, time.Now()); err != nil {
			return fmt.Errorf("making the state directory: %s was there and is not Windows' own: %w", dir, err)
		}
	}
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return err
	}
	attributes := &windows.SecurityAttributes{SecurityDescriptor: who}
	attributes.Length = uint32(unsafe.Sizeof(*attributes))
	if err := windows.CreateDirectory(path, attributes); err == nil {
		return nil
	} else if !errors.Is(err, windows.ERROR_ALREADY_EXISTS) {
		return fmt.Errorf("making the state directory: %w", err)
	}
	access, _, err := who.DACL()
	if err != nil {
		return err
	}
	err = windows.SetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, access, nil)
	if err != nil {
		return fmt.Errorf("closing the state directory to other accounts: %w", err)
	}
	return nil
}

// ownedBySystem reports whether dir belongs to the system or to administrators.
func ownedBySystem(dir string) bool {
	who, err := windows.GetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return false
	}
	owner, _, err := who.Owner()
	return err == nil && (owner.IsWellKnown(windows.WinLocalSystemSid) || owner.IsWellKnown(windows.WinBuiltinAdministratorsSid))
}
