package system

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"

	"golang.org/x/sys/unix"
)

// networkNews watches the folders that the files lie in, since those are
// replaced whole (inotify(7)).
func networkNews(ctx context.Context, told func()) error {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return fmt.Errorf("watching the network's files: %w", err)
	}
	events := os.NewFile(uintptr(fd), "inotify") // non-blocking, so that closing it ends the read
	defer events.Close()
	defer context.AfterFunc(ctx, func() { events.Close() })()
	var dirs []string
	for _, file := range append(behindStub(), resolvConf) {
		if dir := "/" + path.Dir(file); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	watched := 0
	for _, dir := range dirs {
		// One that is not there is of a program that does not run.
		if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_MOVED_TO|unix.IN_CLOSE_WRITE|unix.IN_DELETE|unix.IN_ONLYDIR); err == nil {
			watched++
		}
	}
	if watched == 0 {
		return errors.New("watching the network's files: none is there")
	}
	buf := make([]byte, 4096)
	for ctx.Err() == nil {
		// Which file it was does not matter: looking costs little.
		if _, err := events.Read(buf); err != nil {
			if ctx.Err() != nil || errors.Is(err, os.ErrClosed) {
				return nil
			}
			return fmt.Errorf("watching the network's files: %w", err)
		}
		told()
	}
	return nil
}
