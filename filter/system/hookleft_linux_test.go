package system_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"lessonguard/filter/system"
)

// query is a question for "a.b" A, with so many records after it.
func query(additional byte, rest ...byte) []byte {
	return append([]byte{0x12, 0x34, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, additional, 1, 'a', 1, 'b', 0, 0, 1, 0, 1}, rest...)
}

func TestAskOverTCP(t *testing.T) {
	question := []byte{1, 'a', 1, 'b', 0, 0, 1, 0, 1}
	opt := []byte{0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0}
	for _, tt := range []struct {
		why  string
		in   []byte
		want []byte
	}{
		{"a question", query(0), slices.Concat([]byte{0x12, 0x34, 0x83, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question)},
		{"with OPT", query(1, 0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0), slices.Concat([]byte{0x12, 0x34, 0x83, 0x80, 0, 1, 0, 0, 0, 0, 0, 1}, question, opt)},
		{"an answer", append([]byte{0, 0, 0x80}, query(0)[3:]...), nil},
		{"nothing", nil, nil},
		{"a header", query(0)[:12], nil},
		{"half a name", query(0)[:15], nil},
		{"half a type", query(0)[:18], nil},
		{"a pointer", append(query(0)[:12], 0xc0, 12, 0, 1, 0, 1), nil},
		{"two questions", append([]byte{0, 0, 0, 0, 0, 2}, query(0)[6:]...), nil},
	} {
		if got := system.AskOverTCP(tt.in); !bytes.Equal(got, tt.want) {
			t.Errorf("%s:\ngot  %x\nwant %x", tt.why, got, tt.want)
		}
	}
}

func FuzzAskOverTCP(f *testing.F) {
	f.Add(query(0))
	f.Add(query(1, 0, 0, 41))
	f.Fuzz(func(t *testing.T, in []byte) {
		if got := system.AskOverTCP(in); got != nil && (!bytes.Equal(got[:2], in[:2]) || got[2]&0x82 != 0x82) {
			t.Errorf("%x answers %x", got, in)
		}
	})
}

// TestAnswerLeft: what waits in the service's sockets is answered, and what comes
// in until the kernel sends no more.
func TestAnswerLeft(t *testing.T) {
	left, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer left.Close()
	file, err := left.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	client, err := net.DialUDP("udp4", nil, left.LocalAddr().(*net.UDPAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ask := func(id byte) error {
		_, err := client.Write(append([]byte{id}, query(0)[1:]...))
		return err
	}
	answered := func(id byte) error {
		room := make([]byte, 512)
		_ = client.SetReadDeadline(time.Now().Add(20 * time.Second))
		n, err := client.Read(room)
		if err == nil && (n < 12 || room[0] != id || room[2]&0x82 != 0x82) {
			err = fmt.Errorf("question %d is answered %x, want to be told to ask over TCP", id, room[:n])
		}
		return err
	}
	if err := ask(1); err != nil {
		t.Fatal(err)
	}
	err = system.AnswerLeft([]int{int(file.Fd())}, func() error {
		return errors.Join(answered(1), ask(2), answered(2))
	})
	if err != nil {
		t.Error(err)
	}
}

func TestUnanswered(t *testing.T) {
	u, err := system.NewUnanswered()
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort
	u.Done(u.Add(at("192.0.2.1:1"), at("127.0.0.1:53"), query(0)))
	kept := u.Add(at("192.0.2.1:4000"), at("127.0.0.1:53"), query(0))
	u.Add(at("[2001:db8::1]:4000"), at("[::1]:53"), query(1))
	if got := u.Add(at("192.0.2.1:1"), at("127.0.0.1:53"), make([]byte, 4096)); got >= 0 {
		t.Errorf("a question too long is in slot %d", got)
	}
	want := []string{"192.0.2.1:4000 127.0.0.1:53 " + string(query(0)), "[2001:db8::1]:4000 [::1]:53 " + string(query(1))}
	got := u.Left()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("left are %q, want %q", got, want)
	}
	u.Done(kept)
	if got := u.Left(); !slices.Equal(got, want[1:]) {
		t.Errorf("left are %q, want %q", got, want[1:])
	}
}

// TestUnansweredFull shows that a full memory refuses, and takes again what is
// given back, whoever asks at the same time.
func TestUnansweredFull(t *testing.T) {
	u, err := system.NewUnanswered()
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort("127.0.0.1:53")
	slots := make(chan int, 8192)
	done := make(chan bool)
	for range 4 {
		go func() {
			for range 1024 {
				slots <- u.Add(at, at, query(0))
			}
			done <- true
		}()
	}
	for range 4 {
		<-done
	}
	// At the same time one may overlook what another gives up; alone it cannot.
	for slot := 0; slot >= 0; {
		slot = u.Add(at, at, query(0))
		slots <- slot
	}
	close(slots)
	seen := make(map[int]bool)
	for slot := range slots {
		if slot >= 0 && seen[slot] {
			t.Fatalf("slot %d was given twice", slot)
		}
		seen[slot] = true
	}
	if got, want := len(seen), 1024+1; got != want { // all of them, and the refusal
		t.Errorf("%d slots, want %d", got, want)
	}
	for slot := range seen {
		u.Done(slot)
	}
	if left := u.Left(); len(left) > 0 {
		t.Errorf("%d left", len(left))
	}
	var none *system.Unanswered
	none.Done(none.Add(at, at, query(0)))
}
