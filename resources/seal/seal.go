// Package seal turns what is told to a provider into sealed messages that only
// its safeguarding team, or only its oversight, can open, and opens them there.
//
// A sealed message is an age file (age-encryption.org/v1) of exactly one of
// [resources.Sizes] bytes, so that its length does not tell a long report from
// a short one. Who may open it is written nowhere in it.
//
// Keeping keys is not in here: they are strings to whoever keeps them.
package seal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"lessonguard/resources"
)

// Seal encrypts an envelope of the kind and the payload, which is anything
// encoding/json takes, so that each of the recipients can open it. They are
// alternatives, as during a change of keys, not a majority.
//
// It fails with [resources.ErrTooLong] when the payload does not fit the
// largest size, and with an error naming the recipient when one is not a key.
func Seal(recipients []string, kind resources.Kind, payload any) ([]byte, error) {
	to, err := parseRecipients(recipients)
	if err != nil {
		return nil, err
	}
	inside, err := wrap(kind, payload)
	if err != nil {
		return nil, err
	}
	// What age adds depends on the recipients alone: an empty file is all of
	// it, because whatever is below 64 KiB is one chunk with one tag.
	empty, err := encrypt(nil, to)
	if err != nil {
		return nil, err
	}
	for _, size := range resources.Sizes {
		room := size - len(empty)
		if room < lengthBytes+len(inside) {
			continue
		}
		padded := make([]byte, room)
		binary.BigEndian.PutUint32(padded, uint32(len(inside))) //nolint:gosec // below 64 KiB
		copy(padded[lengthBytes:], inside)
		sealed, err := encrypt(padded, to)
		if err == nil && len(sealed) != size {
			err = fmt.Errorf("sealing: got %d bytes, want %d", len(sealed), size)
		}
		return sealed, err
	}
	return nil, resources.ErrTooLong
}

// lengthBytes is the size of the number before the envelope that says how long
// it is; the rest is zeroes.
const lengthBytes = 4

// Open opens a sealed message with the first of the identities that can. It
// fails with [resources.ErrNotForUs] when none can, and with another error when
// the message is damaged or holds what this version does not know.
func Open(identities []Identity, sealed []byte) (Envelope, error) {
	keys := make([]age.Identity, 0, len(identities))
	for _, id := range identities {
		keys = append(keys, id.key)
	}
	if len(keys) == 0 {
		return Envelope{}, resources.ErrNotForUs
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), keys...)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return Envelope{}, resources.ErrNotForUs
	}
	if err != nil {
		return Envelope{}, fmt.Errorf("opening sealed message: %w", err)
	}
	padded, err := io.ReadAll(r)
	if err != nil {
		return Envelope{}, fmt.Errorf("opening sealed message: %w", err)
	}
	if len(padded) < lengthBytes {
		return Envelope{}, fmt.Errorf("opening sealed message: %w", errDamaged)
	}
	n, rest := binary.BigEndian.Uint32(padded), padded[lengthBytes:]
	if uint64(n) > uint64(len(rest)) {
		return Envelope{}, fmt.Errorf("opening sealed message: %w", errDamaged)
	}
	return unwrap(rest[:n])
}

var errDamaged = errors.New("what is inside is damaged")

func encrypt(plain []byte, to []age.Recipient) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to...)
	if err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	_, err = w.Write(plain)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	return sealed.Bytes(), nil
}
