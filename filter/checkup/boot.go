package checkup

import (
	"errors"
	"io/fs"
)

var errBoot = errors.New("finding out what starts with the PC: there is no way to read it here")

// startsWithPC reports whether the service is set to start with a PC whose files
// are in system. What starts a service writes that where every account can read
// it.
func startsWithPC(system fs.FS, goos string) (bool, error) {
	var patterns []string
	switch goos {
	case "linux":
		if _, err := fs.Stat(system, "etc/systemd/system"); err != nil {
			return false, errBoot // another supervisor than systemd
		}
		patterns = []string{"etc/systemd/system/*.wants/lessonguard.service", "usr/lib/systemd/system/*.wants/lessonguard.service"}
	case "darwin":
		patterns = []string{"Library/LaunchDaemons/uk.lessonguard.*plist"}
	default:
		return false, errBoot
	}
	for _, p := range patterns {
		found, err := fs.Glob(system, p)
		if err != nil {
			return false, err
		}
		if len(found) > 0 {
			return true, nil
		}
	}
	return false, nil
}
