package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"golang.org/x/sys/windows"

	"lessonguard/assets/files"
	"lessonguard/packaging"
)

// taskName is the task that restores at a start of Windows.
const taskName = "Lessonguard restore"

// makeTask has Windows restore at its start where the service does not run.
func makeTask(ctx context.Context) error {
	text := strings.Replace(packaging.WindowsRestore, "PROGRAM</Command>", xmlText(ownProgram)+"</Command>", 1)
	var data []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) { // as its first line says
		data = append(data, byte(unit), byte(unit>>8))
	}
	path := filepath.Join(stateDir, "restore.xml") // nobody else can write there
	if err := files.Write(path, data, 0o600); err != nil {
		return fmt.Errorf("making the task that restores: %w", err)
	}
	defer os.Remove(path)
	if err := windowsTool(ctx, "schtasks.exe", "/Create", "/F", "/TN", taskName, "/XML", path); err != nil {
		return fmt.Errorf("making the task that restores: %w", err)
	}
	return nil
}

func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// windowsTool runs a program of Windows' own folder, and of no other.
func windowsTool(ctx context.Context, name string, args ...string) error {
	dir, err := windows.GetSystemDirectory()
	if err != nil {
		return err
	}
	out, err := exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(dir, name), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.Join(strings.Fields(string(out)), " "))
	}
	return nil
}
