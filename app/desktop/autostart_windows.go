package desktop

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Here the library is of no use: its shortcuts hold unquoted arguments and paths
// in the ANSI code page, which loses every account name that is not in it. The
// Run key holds one properly quoted line.
const (
	runKey = `Software\Microsoft\Windows\CurrentVersion\Run`
	// Where Task Manager and Settings note what a person switched off.
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
	// maxCommand is what Windows takes from the Run key ("Run and RunOnce
	// Registry Keys", Microsoft Learn).
	maxCommand = 260
)

func (a Autostart) write() error {
	command := windows.ComposeCommandLine(a.Command)
	if len(windows.StringToUTF16(command)) > maxCommand {
		return fmt.Errorf("its command is longer than the %d characters that Windows takes: move the program to a shorter path", maxCommand)
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	if err := key.SetStringValue(a.ID, command); err != nil {
		return err
	}
	return a.clear(approvedKey) // whoever asks for it now wants it on
}

func (a Autostart) remove() error { return a.clear(runKey) }

func (a Autostart) clear(path string) error {
	key, err := registry.OpenKey(registry.CURRENT_USER, path, registry.SET_VALUE)
	if err == nil {
		defer key.Close()
		err = key.DeleteValue(a.ID)
	}
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	return err
}

func (a Autostart) read() ([]string, error) {
	if key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE); err == nil {
		defer key.Close()
		// An odd first byte is off; found by experiment everywhere, documented nowhere.
		if state, _, err := key.GetBinaryValue(a.ID); err == nil && len(state) > 0 && state[0]&1 == 1 {
			return nil, registry.ErrNotExist
		}
	}
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if err != nil {
		return nil, err
	}
	defer key.Close()
	command, _, err := key.GetStringValue(a.ID)
	if err != nil {
		return nil, err
	}
	return windows.DecomposeCommandLine(command)
}
