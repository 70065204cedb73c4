package outbox

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"lessonguard/resources"
)

type slotState byte

const (
	decoy       slotState = iota // the zero slot
	waiting                      // to be sent
	refusedSlot                  // never to be sent again; makes room when it must
)

// A slot is one place. When to try again is not in it: that is for the process
// that runs, and a new one tries at once.
type slot struct {
	state   slotState
	message resources.Message
}

type slots [Slots]slot

// has reports whether the message with the id is in a slot.
func (all *slots) has(id string) bool {
	return slices.ContainsFunc(all[:], func(s slot) bool { return s.state != decoy && s.message.ID == id })
}

// put finds a place for m: a decoy's, else that of the oldest refused message.
// Never that of a waiting one.
func (all *slots) put(m resources.Message) error {
	place := -1
	for i, s := range all {
		switch {
		case s.state != decoy && s.message.ID == m.ID:
			if !bytes.Equal(s.message.Sealed, m.Sealed) {
				return errors.New("another message has the same id")
			}
			all[i].state = waiting
			return nil
		case s.state == waiting:
		case place < 0, all[place].state == refusedSlot && (s.state == decoy || s.message.At.Before(all[place].message.At)):
			place = i
		}
	}
	if place < 0 {
		return resources.ErrFull
	}
	all[place] = slot{waiting, m}
	return nil
}

// waiting returns the messages to be sent, oldest first.
func (all slots) waiting() []resources.Message {
	var found []resources.Message
	for _, s := range all {
		if s.state == waiting {
			found = append(found, s.message)
		}
	}
	slices.SortFunc(found, func(a, b resources.Message) int { return a.At.Compare(b.At) })
	return found
}

// The plaintext of a slot: state 1, kind 1, length of sealed 4, time in
// nanoseconds since 1970 8, id 16, and since the second layout the addresses,
// 32 each, zeroes where there are fewer; then the largest sealed message there
// can be, the rest of it random.
const (
	idAt       = 1 + 1 + 4 + 8
	toAt       = idAt + 16
	addressLen = len(resources.Address{})
	headSize   = toAt + resources.MaxRecipients*addressLen
	bodySize   = 64 << 10
)

func (s slot) marshal() []byte {
	b := make([]byte, headSize+bodySize)
	_, _ = rand.Read(b[headSize:])
	b[0] = byte(s.state)
	if s.state == decoy {
		return b
	}
	b[1] = byte(slices.Index(resources.Kinds(), s.message.Kind))
	binary.BigEndian.PutUint32(b[2:], uint32(len(s.message.Sealed))) //nolint:gosec // checked to be one of Sizes
	binary.BigEndian.PutUint64(b[6:], uint64(s.message.At.UnixNano()))
	_, _ = hex.Decode(b[idAt:toAt], []byte(s.message.ID)) // checked to be hex
	for i, to := range s.message.To {
		copy(b[toAt+i*addressLen:], to[:])
	}
	copy(b[headSize:], s.message.Sealed)
	return b
}

// unmarshal reads a slot of the layout.
func (l layout) unmarshal(b []byte) (slot, bool) {
	if len(b) != l.head+bodySize || b[0] > byte(refusedSlot) {
		return slot{}, false
	}
	if slotState(b[0]) == decoy {
		return slot{}, true
	}
	kind, n := int(b[1]), binary.BigEndian.Uint32(b[2:])
	if kind >= len(resources.Kinds()) || n > bodySize {
		return slot{}, false
	}
	m := resources.Message{
		ID:     hex.EncodeToString(b[idAt:toAt]),
		Kind:   resources.Kinds()[kind],
		At:     time.Unix(0, int64(binary.BigEndian.Uint64(b[6:]))).UTC(),
		Sealed: bytes.Clone(b[l.head : l.head+int(n)]),
	}
	for from := toAt; from < l.head; from += addressLen {
		if to := resources.Address(b[from : from+addressLen]); to != (resources.Address{}) {
			m.To = append(m.To, to)
		}
	}
	return slot{slotState(b[0]), m}, m.Check() == nil
}
