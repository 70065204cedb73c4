package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
)

// A kind is a sort of question, and what is right for an answer to it.
type kind struct {
	name   string
	weight int
	qtype  uint16
	host   func() string
	// spoil makes a message of the question that is none; nil: it is left as it is.
	spoil func(q []byte) []byte
	mute  bool // no answer is the right one
	right func(a answer) bool
}

// The types that are asked for.
const (
	typeA     = 1
	typeHINFO = 13
	typeMX    = 15
	typeAAAA  = 28
	typeHTTPS = 65
	typeANY   = 255
)

const (
	closedNames = 20_000 // in every set of lists
	cachedNames = 400
)

var unique atomic.Uint64

func closedName(i int) string { return fmt.Sprintf("soak%dx%d.com", i, i*2654435761%997) }

// swappedName is in every other set of lists.
func swappedName(i int) string { return fmt.Sprintf("swap%dx.net", i) }

func closed() string {
	name := closedName(rand.IntN(closedNames))
	if rand.IntN(2) == 0 {
		name = "www." + name
	}
	return mixed(name)
}

func cached() string { return mixed(fmt.Sprintf("c%d.soakfree.org", rand.IntN(cachedNames))) }

func uncached() string { return fmt.Sprintf("u%d.soakfree.org", unique.Add(1)) }

// mixed writes some letters large, as clients do that look for forgeries (0x20).
func mixed(name string) string {
	b := []byte(name)
	for i, c := range b {
		if c >= 'a' && c <= 'z' && rand.IntN(2) == 0 {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

var kinds = []kind{
	{name: "closed, A", weight: 20, qtype: typeA, host: closed, right: func(a answer) bool { return a.is(0, typeA, make([]byte, 4)) && a.filtered() }},
	{name: "closed, AAAA", weight: 6, qtype: typeAAAA, host: closed, right: func(a answer) bool { return a.is(0, typeAAAA, make([]byte, 16)) && a.filtered() }},
	{name: "closed, HTTPS", weight: 4, qtype: typeHTTPS, host: closed, right: func(a answer) bool { return a.empty(0) && a.filtered() }},
	{name: "closed, ANY", weight: 1, qtype: typeANY, host: closed, right: func(a answer) bool { return a.empty(0) && a.filtered() }},
	{name: "closed in every other set", weight: 2, qtype: typeA, host: func() string { return swappedName(rand.IntN(100)) }, right: func(a answer) bool {
		return a.is(0, typeA, make([]byte, 4)) || a.is(0, typeA, served[:])
	}},
	{name: "cached, A", weight: 30, qtype: typeA, host: cached, right: func(a answer) bool { return a.is(0, typeA, served[:]) }},
	{name: "cached, AAAA (there is none)", weight: 6, qtype: typeAAAA, host: cached, right: func(a answer) bool { return a.empty(0) }},
	{name: "cached, HTTPS (there is none)", weight: 4, qtype: typeHTTPS, host: cached, right: func(a answer) bool { return a.empty(0) }},
	{name: "open, ANY", weight: 1, qtype: typeANY, host: cached, right: func(a answer) bool { return a.is(0, typeHINFO, []byte("\x07RFC8482\x00")) }},
	{name: "uncached, A", weight: 15, qtype: typeA, host: uncached, right: func(a answer) bool { return a.is(0, typeA, served[:]) }},
	{name: "uncached, MX (there is none)", weight: 2, qtype: typeMX, host: uncached, right: func(a answer) bool { return a.empty(0) }},
	{name: "protected", weight: 2, qtype: typeA, host: func() string { return "www.childline.org.uk" }, right: func(a answer) bool { return a.is(0, typeA, served[:]) }},
	{name: "malformed: cut in the question", weight: 1, host: closed, qtype: typeA, spoil: func(q []byte) []byte { return q[:15] }, right: func(a answer) bool { return a.empty(1) }},
	{name: "malformed: two questions", weight: 1, host: closed, qtype: typeA, spoil: func(q []byte) []byte { q[5] = 2; return q }, right: func(a answer) bool { return a.empty(1) }},
	{name: "malformed: a pointer in a circle", weight: 1, host: closed, qtype: typeA, spoil: func(q []byte) []byte { q[12], q[13] = 0xc0, 12; return q }, right: func(a answer) bool { return a.empty(1) }},
	{name: "malformed: an operation there is not", weight: 1, host: closed, qtype: typeA, spoil: func(q []byte) []byte { q[2] |= 5 << 3; return q }, right: func(a answer) bool { return a.empty(4) }},
	{name: "malformed: an answer, which gets none", weight: 1, host: closed, qtype: typeA, mute: true, spoil: func(q []byte) []byte { q[2] |= 0x80; return q }},
	{name: "malformed: too short, which gets none", weight: 1, host: closed, qtype: typeA, mute: true, spoil: func(q []byte) []byte { return q[:7] }},
}

// A question is one of them as it is asked.
type question struct {
	kind *kind
	id   uint16
	edns bool
	msg  []byte
}

var totalWeight = func() (all int) {
	for _, k := range kinds {
		all += k.weight
	}
	return all
}()

func draw(id uint16) question {
	at := rand.IntN(totalWeight)
	for i := range kinds {
		if at -= kinds[i].weight; at < 0 {
			return kinds[i].make(id)
		}
	}
	panic("unreachable")
}

func (k *kind) make(id uint16) question {
	q := question{kind: k, id: id, edns: rand.IntN(2) == 0}
	b := binary.BigEndian.AppendUint16(nil, id)
	b = append(b, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	for _, label := range strings.Split(k.host(), ".") {
		b = append(append(b, byte(len(label))), label...)
	}
	b = append(binary.BigEndian.AppendUint16(append(b, 0), k.qtype), 0, 1)
	if q.edns {
		b[11] = 1
		b = append(b, 0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0)
	}
	if q.msg = b; k.spoil != nil {
		q.msg = k.spoil(b)
	}
	return q
}

// An answer is a message from the service, beside what it answers.
type answer struct {
	to  question
	msg []byte
}

func (a answer) rcode() int { return int(a.msg[3] & 0xf) }

// after returns what stands after the question; false where that is not as it
// was asked, letter by letter.
func (a answer) after() ([]byte, bool) {
	at := 12
	for at < len(a.to.msg) && a.to.msg[at] != 0 {
		at += 1 + int(a.to.msg[at])
	}
	at += 5
	if at > len(a.msg) || at > len(a.to.msg) || !bytes.Equal(a.msg[12:at], a.to.msg[12:at]) {
		return nil, false
	}
	return a.msg[at:], true
}

// is reports whether the answer is one record of a type.
func (a answer) is(rcode int, rtype uint16, data []byte) bool {
	rest, ok := a.after()
	return ok && a.rcode() == rcode && binary.BigEndian.Uint16(a.msg[6:]) == 1 && len(rest) >= 12+len(data) &&
		binary.BigEndian.Uint16(rest[2:]) == rtype && bytes.Equal(rest[12:12+len(data)], data) && a.hasOPT()
}

func (a answer) empty(rcode int) bool {
	return a.rcode() == rcode && binary.BigEndian.Uint16(a.msg[6:]) == 0 && (rcode != 0 || a.hasOPT())
}

// hasOPT reports whether the answer has EDNS where the question had.
func (a answer) hasOPT() bool { return (a.msg[11] == 1) == a.to.edns }

// filtered reports whether the answer says that it is one of a filter (RFC 8914).
func (a answer) filtered() bool {
	return !a.to.edns || bytes.Contains(a.msg, []byte{0, 15, 0, 2, 0, 17})
}
