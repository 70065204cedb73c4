package main

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Windows' folders, as the registry has them. The environment is anybody's to
// change, also that of a program that an administrator has elevated.
var (
	// stateDir is where an installed service keeps its state.
	stateDir = filepath.Join(windowsFolder(`SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList`, "ProgramData", "ProgramData"), "Lessonguard")
	// ownProgram is where installers put this program, and where one that none
	// brought is copied to. Only administrators can write there.
	ownProgram = filepath.Join(windowsFolder(`SOFTWARE\Microsoft\Windows\CurrentVersion`, "ProgramFilesDir", "Program Files"), "Lessonguard", "lessonguardd.exe")
)

// windowsFolder returns the folder that a value of the registry names, else the
// usual one on Windows' own drive.
func windowsFolder(path, value, usual string) string {
	drive := "C:"
	if root, err := windows.GetSystemWindowsDirectory(); err == nil {
		drive = filepath.VolumeName(root)
	}
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return drive + `\` + usual
	}
	defer key.Close()
	folder, _, err := key.GetStringValue(value)
	if err != nil {
		return drive + `\` + usual
	}
	// The one variable that is used there.
	if rest, ok := strings.CutPrefix(strings.ToLower(folder), "%systemdrive%"); ok {
		folder = drive + folder[len(folder)-len(rest):]
	}
	if !filepath.IsAbs(folder) {
		return drive + `\` + usual
	}
	return folder
}
