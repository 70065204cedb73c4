package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"

	"lessonguard/app/desktop"
	"lessonguard/app/ui"
	"lessonguard/filter/control"
)

// claimLine is how lessonguardd prints a claim; see filter/access.
var claimLine = regexp.MustCompile(`^[0-9a-f]{64}$`)

// elevation has lessonguardd set the filter up, as an administrator: this program
// has no rights of its own and gets none. The claim comes over a pipe that only
// the two have, and is kept in memory alone. It is nil for a filter that is being
// tried at another control path.
func elevation(path string) ui.Elevation {
	if path != control.DefaultPath {
		return nil
	}
	return func(ctx context.Context, step func(string)) (claim string, err error) {
		program, err := servicePath()
		if err != nil {
			return "", errors.New(ui.Text("setup.missing"))
		}
		args, byHand := []string{"install", "--claim"}, "sudo "+program+" install"
		if _, err := control.NewClient(path).Status(ctx); err == nil { // it runs, and only the claim is wanted
			args, byHand = []string{"claim"}, "sudo "+program+" pin set"
		}
		err = desktop.AsAdministrator(ctx, desktop.Command{Path: program, Args: args, Prompt: ui.Text("setup.prompt")}, func(line string) {
			switch {
			case claimLine.MatchString(line):
				claim = line
			case slices.Contains([]string{"prepare", "start", "wait"}, line):
				step(line)
			}
		})
		switch {
		case err == nil:
			return claim, nil
		case errors.Is(err, desktop.ErrCancelled):
			return "", errors.New(ui.Text("setup.cancelled"))
		case errors.Is(err, desktop.ErrNoWay):
			return "", errors.New(ui.Text("setup.no_way", "Command", byHand))
		}
		return "", errors.New(ui.Text("setup.failed", "Why", ui.Sentence(err.Error())))
	}
}

// servicePath returns where lessonguardd is: where packages put it, which only an
// administrator can write, or beside this program.
func servicePath() (string, error) {
	name := "lessonguardd"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	var failed error
	for _, path := range []string{"/usr/bin/lessonguardd", filepath.Join(filepath.Dir(self), name)} {
		info, err := os.Stat(path)
		if err == nil && info.Mode().IsRegular() {
			return path, nil
		}
		failed = err
	}
	return "", failed
}
