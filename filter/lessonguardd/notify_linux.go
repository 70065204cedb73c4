package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// A supervised is the way to whoever started the service, systemd, as in
// sd_notify(3): a datagram for each thing that is said. Without one nothing is
// said, and nothing fails.
type supervised struct{ conn *net.UnixConn }

// openSupervised opens the way to systemd, where there is one.
func openSupervised() (*supervised, error) {
	path := os.Getenv("NOTIFY_SOCKET") // "@" for a NUL, as package net has it too
	if path == "" {
		return &supervised{}, nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("reaching systemd: %w", err)
	}
	return &supervised{conn}, nil
}

// say says something to systemd: "READY=1".
func (s *supervised) say(what string) error {
	if s.conn == nil {
		return nil
	}
	if _, err := s.conn.Write([]byte(what)); err != nil {
		return fmt.Errorf("telling systemd: %w", err)
	}
	return nil
}

// patience returns how long systemd waits for a sign of life before it ends the
// service; 0: for ever. A child that was handed the variables is not meant.
func (s *supervised) patience() time.Duration {
	if pid := os.Getenv("WATCHDOG_PID"); s.conn == nil || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	microseconds, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || microseconds <= 0 {
		return 0
	}
	return time.Duration(microseconds) * time.Microsecond
}
