package outbox_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/outbox"
)

var here = resources.Destination{URL: "https://here.example", Recipients: []string{"age1here"}}

// addressed returns a message for the platform at url.
func addressed(url string) resources.Message {
	m := message(4096)
	m.To = resources.Addresses(url, here.Recipients)
	return m
}

// only sends what is for here, as the program does.
func only(send outbox.Send, d *resources.Destination) outbox.Send {
	return func(ctx context.Context, m resources.Message) (resources.Receipt, error) {
		if !m.For(*d) {
			return resources.Receipt{}, resources.ErrElsewhere
		}
		return send(ctx, m)
	}
}

// TestElsewhere has messages wait for a platform that the family has left: they
// are kept across processes, nothing is sent, the others go as ever, and they
// are sent when the family is back.
func TestElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, p := t.TempDir(), &far{}
		now := here
		o := open(t, outbox.Config{Dir: dir, Hello: p.hello, Every: time.Hour})
		running(t, o, only(p.send, &now))
		synctest.Wait()
		away, near := addressed("https://there.example"), addressed(here.URL)
		for _, m := range []resources.Message{away, near} {
			if err := o.Put(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := o.Wait(t.Context(), away.ID); got != outbox.Elsewhere || err != nil {
			t.Errorf("Wait = %q, %v, want elsewhere", got, err)
		}
		if got, err := o.Wait(t.Context(), near.ID); got != outbox.Received || err != nil {
			t.Errorf("the other is %q, %v", got, err)
		}
		pass(24 * time.Hour)
		later := open(t, outbox.Config{Dir: dir})
		if got := state(t, later, away.ID); got != outbox.Waiting || len(p.attempts()) != 1 {
			t.Errorf("to a later process it is %q, and %d messages were sent", got, len(p.attempts()))
		}
		now.URL = "https://there.example"
		o.Wake()
		synctest.Wait()
		if got := state(t, o, away.ID); got != outbox.Received || p.arrived(away.ID) != 1 {
			t.Errorf("with the family back it is %q, sent %d times", got, p.arrived(away.ID))
		}
	})
}

// TestElsewhereShowsNowhere compares two days of an account in which messages
// wait for another platform with one in which none does: as many contacts, with
// as long between them, and as many changes of the disk.
func TestElsewhereShowsNowhere(t *testing.T) {
	days := func(t *testing.T, waiting int) (hellos, writes int) {
		synctest.Test(t, func(t *testing.T) {
			dir, p := t.TempDir(), &far{}
			o := open(t, outbox.Config{Dir: dir, Every: time.Hour, Hello: p.hello})
			for range waiting {
				if err := o.Put(t.Context(), addressed("https://there.example")); err != nil {
					t.Fatal(err)
				}
			}
			d := here
			running(t, o, only(p.send, &d))
			synctest.Wait()
			_, _, last := observe(t, dir)
			for range 2 * 24 {
				pass(time.Hour)
				_, _, now := observe(t, dir)
				if equalBlocks(now, last) == 0 {
					writes++
				}
				last = now
			}
			greeted := p.greetings()
			hellos = len(greeted)
			if len(p.attempts()) != 0 {
				t.Errorf("%d messages were sent", len(p.attempts()))
			}
			for i := range greeted[1:] {
				if greeted[i+1].Equal(greeted[i]) {
					t.Error("greeted twice at once")
				}
			}
		})
		return hellos, writes
	}
	for _, waiting := range []int{0, 3} {
		// 48 contacts expected, the deviation is 7; an hour may hold many.
		if hellos, writes := days(t, waiting); hellos < 14 || hellos > 90 || writes < 12 || writes > hellos {
			t.Errorf("with %d messages waiting: %d contacts and %d hours in which the disk changed", waiting, hellos, writes)
		}
	}
}

// TestElsewhereAtTheEnd ends Run while it finds that messages are for another
// platform and a contact is owed.
func TestElsewhereAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, outbox.Config{Dir: t.TempDir(), Hello: func(context.Context) error { t.Error("greeted after the end"); return nil }})
		if err := o.Put(t.Context(), addressed("https://there.example")); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- o.Run(ctx, func(ctx context.Context, _ resources.Message) (resources.Receipt, error) {
				<-ctx.Done()
				return resources.Receipt{}, resources.ErrElsewhere
			})
		}()
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// writeFirst writes an outbox as the first version did: without addresses.
func writeFirst(t *testing.T, dir string, messages ...resources.Message) {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("lgoutbx1")
	for i := range outbox.Slots {
		plain := make([]byte, 30+65536)
		if i < len(messages) {
			m := messages[i]
			id, err := hex.DecodeString(m.ID)
			if err != nil {
				t.Fatal(err)
			}
			plain[0] = 1
			binary.BigEndian.PutUint32(plain[2:], uint32(len(m.Sealed)))
			binary.BigEndian.PutUint64(plain[6:], uint64(m.At.UnixNano()))
			copy(plain[14:], id)
			copy(plain[30:], m.Sealed)
		}
		nonce := make([]byte, gcm.NonceSize())
		_, _ = rand.Read(nonce)
		data = append(data, nonce...)
		data = gcm.Seal(data, nonce, plain, append([]byte("lgoutbx1"), byte(i)))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"key": key, "slots": data} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFirstLayout reads an outbox of the first version. Its messages go to the
// platform that the family was enrolled with when they were sealed, and to no
// other.
func TestFirstLayout(t *testing.T) {
	dir := t.TempDir()
	before, since := message(4096), message(16384)
	enrolled := time.Now().UTC()
	before.At, since.At = enrolled.Add(-time.Hour), enrolled.Add(time.Hour)
	writeFirst(t, dir, before, since)
	o := open(t, outbox.Config{Dir: dir})
	if err := o.Damage(); err != nil {
		t.Errorf("Damage = %v", err)
	}
	_, _, now := observe(t, dir)
	if !strings.HasPrefix(string(now), "lgoutbx2") {
		t.Errorf("it is still laid out as %q", now[:8])
	}
	unused := t.TempDir()
	open(t, outbox.Config{Dir: unused})
	if _, _, b := observe(t, unused); len(b) != len(now) {
		t.Errorf("it has %d bytes, a new one %d", len(now), len(b))
	}
	for _, m := range []resources.Message{before, since} {
		if got := state(t, o, m.ID); got != outbox.Waiting {
			t.Errorf("%s is %q", m.ID, got)
		}
	}
	d := here
	d.Since = enrolled
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := &far{}
	ended := make(chan error)
	go func() { ended <- open(t, outbox.Config{Dir: dir}).Run(ctx, only(p.send, &d)) }()
	if got, err := o.Wait(t.Context(), since.ID); err != nil || got != outbox.Unknown {
		t.Errorf("sealed since: %q, %v", got, err)
	}
	if got := state(t, o, before.ID); got != outbox.Waiting || p.arrived(before.ID) > 0 {
		t.Errorf("sealed before: %q, sent %d times", got, p.arrived(before.ID))
	}
	cancel()
	<-ended
}
