package control

import (
	"fmt"
	"log/slog"
	"net"

	"lessonguard/filter"
)

// A visitor is a connection whose other end is known.
type visitor struct {
	net.Conn
	caller filter.Caller
}

// Caller returns who is at the other end, by the system's word.
func (v *visitor) Caller() filter.Caller { return v.caller }

// processOf names a process for as long as it runs, by when it started. Where
// nothing is known of it (it is in a container of its own) it has no name, and
// where only its number is, that: numbers come again, but not soon.
func processOf(pid int, started string) string {
	if pid == 0 {
		return ""
	}
	return fmt.Sprintf("%d from %s", pid, started)
}

// visitors is a listener whose connections say who is at their other end.
// Connections of which the system does not tell are closed.
type visitors struct{ net.Listener }

func (l visitors) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c, err := peer(conn); err == nil {
			return &visitor{conn, c}, nil
		}
		conn.Close()
	}
}

// gate is a listener that lets in as many connections as each account may have,
// and closes the others.
type gate struct {
	net.Listener
	limits *limits
	log    *slog.Logger
}

func (g *gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		v, known := conn.(interface{ Caller() filter.Caller })
		if !known {
			g.log.Warn("control connection without a known account")
			conn.Close()
			continue
		}
		if leave, ok := g.limits.enter(v.Caller()); ok {
			return &guest{conn, v.Caller(), leave}, nil
		}
		g.log.Debug("an account has too many control connections")
		conn.Close()
	}
}

// A guest is a connection that counts until it is closed.
type guest struct {
	net.Conn
	caller filter.Caller
	leave  func()
}

func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}
