package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"lessonguard/app/desktop"
	"lessonguard/filter/control"
)

// sendTime is how long sending takes, always: whoever has it done, as packages
// do before they are removed, is not to learn from it whether anything waited.
const sendTime = 12 * time.Second

// sendNow delivers what waits in this account's outbox, without a window. It says
// nothing, and the same whatever came of it.
func sendNow(ctx context.Context, f flags) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	defer func() { <-ctx.Done() }()
	if _, err := os.Stat(f.config); err != nil {
		return nil // an account that has never used the program; it is given no outbox
	}
	instance, err := claim(ctx, "")
	if errors.Is(err, desktop.ErrHandedOver) {
		return nil // the program that runs sends
	}
	if instance != nil {
		// Not for as long as this takes: whoever starts the program now, to get help,
		// would hand over to one that shows nothing.
		_ = instance.Close() // where it fails, that start helps itself
	}
	household := &remembering{
		Control: control.NewClient(f.control), path: filepath.Join(f.config, "household.json"),
		tutor: tutorFile(filepath.Join(f.config, "tutor.json")),
	}
	return newSender(filepath.Join(f.config, "outbox"), household, slog.Default()).run(ctx)
}

// takes reports whether a later start of the program wants nothing but what s does,
// and does it: [sendNow] has handed over to us.
func (s *sender) takes(called flags) bool {
	if called.send {
		s.came() // as when the PC comes to a network: whether or not anything waits
	}
	return called.send || called.tray
}
