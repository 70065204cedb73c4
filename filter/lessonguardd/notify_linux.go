package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// A notifier speaks to systemd as in sd_notify(3): a datagram for each thing
// that is said. Where systemd does not listen nothing is said, and nothing fails.
type notifier struct{ conn *net.UnixConn }

func openNotifier() (*notifier, error) {
	path := os.Getenv("NOTIFY_SOCKET") // "@" for a NUL, as package net has it too
	if path == "" {
		return &notifier{}, nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("reaching systemd: %w", err)
	}
	return &notifier{conn}, nil
}

func (n *notifier) say(what string) error {
	if n.conn == nil {
		return nil
	}
	_, err := n.conn.Write([]byte(what))
	return err
}

// patience returns how long systemd waits for a sign of life before it ends the
// service; 0: for ever. A child that was handed the variables is not meant.
func (n *notifier) patience() time.Duration {
	if pid := os.Getenv("WATCHDOG_PID"); n.conn == nil || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	microseconds, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || microseconds <= 0 {
		return 0
	}
	return time.Duration(microseconds) * time.Microsecond
}
