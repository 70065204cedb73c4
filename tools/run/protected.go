package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"lessonguard/assets"
	"lessonguard/resources/directory"
)

// protectedNames are the names of the help services.
func protectedNames() ([]string, error) {
	services, err := directory.Load(assets.Services)
	if err != nil {
		return nil, err
	}
	return directory.Protected(assets.Services, services)
}

// visit asks for every protected name, as a browser does that opens their pages.
func (w *walker) visit(ctx context.Context) error {
	names, err := protectedNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := ttl(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// protectedAnswers adds, for each protected name, what tells whether somebody
// asked for it shortly before: for how long the answer holds, and whether it
// came from a cache or from the upstream, which is what takes the time.
func (w *walker) protectedAnswers(ctx context.Context, e evidence) error {
	names, err := protectedNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		w.upstream.times(name)
		holds, err := ttl(ctx, name)
		if err != nil {
			return err
		}
		e["the answer for a help service: "+name] = fmt.Sprintf("holds %d s, upstream asked %d times", holds, w.upstream.times(name))
	}
	return nil
}

// ttl asks the filter for a name's address and returns for how many seconds the
// answer holds.
func ttl(ctx context.Context, name string) (uint32, error) {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "udp", filterAddr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return 0, err
	}
	host, err := dnsmessage.NewName(name + ".")
	if err != nil {
		return 0, err
	}
	query := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 1, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: host, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
	}
	packet, err := query.Pack()
	if err != nil {
		return 0, err
	}
	if _, err := conn.Write(packet); err != nil {
		return 0, err
	}
	buf := make([]byte, 4096)
	n, err := conn.Read(buf)
	if err != nil {
		return 0, fmt.Errorf("asking for a protected name: %w", err)
	}
	var reply dnsmessage.Message
	if err := reply.Unpack(buf[:n]); err != nil {
		return 0, err
	}
	if len(reply.Answers) != 1 {
		return 0, fmt.Errorf("%s has %s answers, want 1", name, strconv.Itoa(len(reply.Answers)))
	}
	return reply.Answers[0].Header.TTL, nil
}
