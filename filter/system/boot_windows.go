package system

import (
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
)

func hostsFile() string {
	dir, err := windows.GetSystemDirectory()
	if err != nil {
		dir = `C:\Windows\System32`
	}
	return filepath.Join(dir, `drivers\etc\hosts`)
}

func thisBoot() (Boot, error) {
	return Boot{At: time.Now().Add(-windows.DurationSinceBoot()).Round(0)}, nil
}
