package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"lessonguard/assets/files"
	"lessonguard/filter/system"
	"lessonguard/packaging"
)

const (
	// stateDir is where an installed service keeps its state; the job has it too.
	stateDir = "/Library/Application Support/Lessonguard"
	// ownProgram is what the job starts. It is always a copy: administrators can
	// write to /Applications without being asked, and the service is root.
	ownProgram = "/Library/PrivilegedHelperTools/uk.lessonguard.filter"
	macLog     = "/var/log/lessonguardd.log" // the job has it too
	filterJob  = "uk.lessonguard.filter"
	restoreJob = "uk.lessonguard.restore"
)

// A launchd is the supervisor of a Mac.
type launchd struct {
	jobs string // where jobs for root lie
}

func newSupervisor() supervisor { return launchd{"/Library/LaunchDaemons"} }

func (launchd) Elevated(command string) error {
	if os.Geteuid() == 0 {
		return nil
	}
	return fmt.Errorf("%s needs an administrator: type sudo lessonguardd %s", command, command)
}

func (launchd) Records() string { return "sudo less " + macLog }

func (l launchd) file(job string) string { return filepath.Join(l.jobs, job+".plist") }

func (l launchd) Prepare(context.Context) error {
	if err := makeState(stateDir); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	if err := copyProgram(self, ownProgram); err != nil {
		return err
	}
	for job, text := range map[string]string{filterJob: packaging.LaunchdFilter, restoreJob: packaging.LaunchdRestore} {
		if err := files.Write(l.file(job), []byte(text), 0o644); err != nil { // launchd takes none that others could write
			return fmt.Errorf("writing the job %s: %w", job, err)
		}
	}
	return nil
}

// makeState makes the state directory, which is root's alone.
func makeState(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making the state directory: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("making the state directory: %w", err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !info.IsDir() || !ok || stat.Uid != 0 {
		return fmt.Errorf("making the state directory: %s is there and is not a folder of root's: move it away", dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("closing the state directory to other accounts: %w", err)
	}
	return nil
}

// Start starts the filter, and then what restores without it: that would find
// nobody yet.
func (l launchd) Start(ctx context.Context) error {
	for _, job := range []string{filterJob, restoreJob} {
		if err := bootout(ctx, job); err != nil { // an older program
			return err
		}
		// One that was stopped for good is disabled, and not bootstrapped.
		if err := runTool(ctx, "/bin/launchctl", "enable", "system/"+job); err != nil {
			return err
		}
		if err := runTool(ctx, "/bin/launchctl", "bootstrap", "system", l.file(job)); err != nil {
			return err
		}
	}
	return nil
}

// Stop has the service put the Mac back and end, and sees to the first once more.
func (launchd) Stop(ctx context.Context) error {
	for _, job := range []string{filterJob, restoreJob} {
		if err := runTool(ctx, "/bin/launchctl", "disable", "system/"+job); err != nil {
			return err
		}
		if err := bootout(ctx, job); err != nil {
			return err
		}
	}
	return system.Restore(context.WithoutCancel(ctx), system.HookConfig{Listen: usualListen, Dir: stateDir})
}

// bootout ends a job and has launchd forget it; it returns when the job has
// ended. One that launchd does not know is no error.
func bootout(ctx context.Context, job string) error {
	if runTool(ctx, "/bin/launchctl", "print", "system/"+job) != nil {
		return nil
	}
	err := runTool(ctx, "/bin/launchctl", "bootout", "system/"+job)
	// 36: it is still ending; what comes next waits for that.
	if err != nil && !strings.Contains(err.Error(), "36") {
		return err
	}
	return nil
}

func (l launchd) Remove(_ context.Context, erase bool) error {
	paths := []string{l.file(filterJob), l.file(restoreJob), ownProgram}
	if erase {
		paths = append(paths, macLog)
	}
	var errs []error
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	if erase {
		errs = append(errs, os.RemoveAll(stateDir))
	}
	return errors.Join(errs...)
}
