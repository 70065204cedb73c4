package main

import (
	"context"
	"log/slog"
	"time"

	"lessonguard/filter/engine"
	"lessonguard/filter/resolve"
)

// A supervised is the way to whoever started the service and starts it again.
// On Linux that is systemd, which is told that the service is ready, lives and
// ends; elsewhere nobody wants to hear it.
type supervised struct {
	log *slog.Logger
	to  *notifier // of each system's own file
}

func openSupervised(log *slog.Logger) (*supervised, error) {
	to, err := openNotifier()
	if err != nil {
		return nil, err
	}
	return &supervised{log, to}, nil
}

// ready says that the PC is in the state that it should be in.
func (s *supervised) ready() { s.say("READY=1") }

func (s *supervised) say(what string) {
	if err := s.to.say(what); err != nil {
		s.log.Warn("whoever started the service cannot be told", "what", what, "err", err)
	}
}

// pulsePatience is how long a filter may not answer its own questions where
// nobody else sees to it.
const pulsePatience = 10 * time.Second

// watched proves over and over that the filter answers, and says when it ends.
func (s *supervised) watched(ctx context.Context, dns *resolve.Server, e *engine.Engine) error {
	defer context.AfterFunc(ctx, func() { s.say("STOPPING=1") })()
	p := &pulse{
		addrs: dns.Addrs(), checkup: e.Checkup, sent: dns.Sent, every: 2 * time.Second, give: pulsePatience,
		tell: func() { s.say("WATCHDOG=1") },
	}
	if patience := s.to.patience(); patience > 0 {
		p.every = min(p.every, patience/3)
	}
	return p.run(ctx)
}
