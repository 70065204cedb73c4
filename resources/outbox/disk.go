package outbox

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lessonguard/assets/files"
)

// The files of an outbox, all there is in its directory.
const (
	lockFile  = "lock"
	keyFile   = "key"
	slotsFile = "slots"
)

const keySize = 32 // AES-256

// A layout is how the slots file is laid out.
type layout struct {
	magic string // begins the file; the digit is the version of all that follows
	head  int    // bytes of a slot before the sealed message
}

// The layouts. The first had no addresses: it is read, and never written.
var (
	firstLayout = layout{"lgoutbx1", toAt}
	thisLayout  = layout{"lgoutbx2", headSize}
)

func (l layout) slotSize() int { return 12 + l.head + bodySize + 16 }

// layoutOf returns the layout of a slots file; false: it is of another version
// of the program. What is damaged beyond telling is read as this one.
func layoutOf(data []byte) (layout, bool) {
	n := len(thisLayout.magic)
	switch {
	case bytes.HasPrefix(data, []byte(firstLayout.magic)):
		return firstLayout, true
	case len(data) >= n && string(data[:n-1]) == thisLayout.magic[:n-1] && data[n-1] != thisLayout.magic[n-1]:
		return layout{}, false
	}
	return thisLayout, true
}

// update changes the slots in one step that no other process can come between,
// and rewrites them all. When it returns nil the change is on the disk; after a
// [files.ErrUnsure] it is there for all who read it, if the power stays on.
func (o *Outbox) update(ctx context.Context, change func(*slots) error) error {
	unlock, err := o.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	o.sweep()
	key, all, _, err := o.load()
	if err != nil {
		return err
	}
	lost := o.settle(&all)
	if err := change(&all); err != nil {
		return err
	}
	err = files.Write(o.path(slotsFile), encrypt(key, all), 0o600)
	if lost && confirmedLater(err) == nil {
		o.Wake()
	}
	return err
}

// rewrite makes every slot look new.
func (o *Outbox) rewrite(ctx context.Context) error {
	return o.update(ctx, func(*slots) error { return nil })
}

// look returns what is on the disk. It writes only where it found none, or a
// damaged one, or one that lacks what must be there: the slots are never missing.
// That the disk takes nothing keeps nothing from being sent, and is told by the
// next change.
func (o *Outbox) look(ctx context.Context) (slots, error) {
	unlock, err := o.lock(ctx)
	if err != nil {
		return slots{}, err
	}
	defer unlock()
	key, all, whole, err := o.load()
	if key == nil {
		return all, err
	}
	lost := o.settle(&all)
	if err != nil || whole && !lost { // damage must be set aside first
		return all, nil
	}
	if confirmedLater(files.Write(o.path(slotsFile), encrypt(key, all), 0o600)) == nil && lost {
		o.Wake()
	}
	return all, nil
}

// settle frees the slots of what this process knows to be delivered and marks
// what it knows to be refused. It is done with every change, because the disk
// may have been full when the answer came. It also puts back what this process
// has put and knows nothing more of, and reports whether there was any: the file
// was damaged, or somebody took it away. Another process may have delivered it
// too; sent again it arrives once, and only a receipt says that it has arrived.
func (o *Outbox) settle(all *slots) (lost bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, s := range all {
		if _, delivered := o.receipts[s.message.ID]; s.state != decoy && delivered {
			all[i] = slot{}
		} else if s.state == waiting && o.refused[s.message.ID] {
			all[i].state = refusedSlot
		}
	}
	for id, m := range o.put {
		_, delivered := o.receipts[id]
		if !delivered && !o.refused[id] && !all.has(id) && all.put(m) == nil {
			lost = true
		}
	}
	return lost
}

func (o *Outbox) path(name string) string { return filepath.Join(o.cfg.Dir, name) }

// lock makes the directory again where somebody took it away.
func (o *Outbox) lock(ctx context.Context) (unlock func(), err error) {
	unlock, err = lock(ctx, o.path(lockFile))
	if errors.Is(err, fs.ErrNotExist) && os.MkdirAll(o.cfg.Dir, 0o700) == nil {
		return lock(ctx, o.path(lockFile))
	}
	return unlock, err
}

// sweep removes what a process that was killed left half written: a file more
// would say that something was written just then.
func (o *Outbox) sweep() {
	left, _ := filepath.Glob(o.path(".new-*"))
	for _, path := range left {
		_ = os.Remove(path)
	}
}

// load reads the key and the slots, and whether those are whole and of this
// layout: if not, write them. Call it under the lock. What is damaged it sets
// aside, and what can still be read of it is returned; with an error too, if there
// is a key: then it could not be set aside, and must not be written over.
func (o *Outbox) load() (key cipher.AEAD, all slots, whole bool, err error) {
	key, err = o.loadKey()
	if err != nil {
		return nil, all, false, err
	}
	data, err := os.ReadFile(o.path(slotsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return key, all, false, nil
	}
	if err != nil {
		return nil, all, false, fmt.Errorf("reading outbox: %w", err)
	}
	from, known := layoutOf(data)
	if !known {
		return nil, all, false, fmt.Errorf("reading outbox: %s was written by another version of the program: update it", o.path(slotsFile))
	}
	all, whole = from.decrypt(key, data)
	if !whole {
		err = o.setAside(slotsFile, data)
	}
	return key, all, whole && from == thisLayout, err
}

func (o *Outbox) loadKey() (cipher.AEAD, error) {
	key, err := os.ReadFile(o.path(keyFile))
	switch {
	case err == nil && len(key) == keySize:
		return aead(key), nil
	case err == nil:
		if err := o.setAside(keyFile, key); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("reading outbox: %w", err)
	}
	key = make([]byte, keySize)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	if err := confirmedLater(files.Write(o.path(keyFile), key, 0o600)); err != nil {
		return nil, err
	}
	return aead(key), nil
}

// setAside keeps damaged data as a file beside. It is a copy, not a rename, so
// that what can still be read stays in place until it has been written anew.
func (o *Outbox) setAside(name string, data []byte) error {
	aside := o.path(name) + ".damaged-" + time.Now().UTC().Format("20060102T150405.000")
	if err := confirmedLater(files.Write(aside, data, 0o600)); err != nil {
		return fmt.Errorf("setting aside damaged outbox: %w", err)
	}
	o.note(func() {
		o.damage = fmt.Errorf("%w: what could not be read is in %s, and was not sent", ErrDamaged, aside)
	})
	return nil
}

// confirmedLater lets pass that the disk did not confirm a name. The slots are
// written to the same directory after it: with their names all are confirmed.
func confirmedLater(err error) error {
	if errors.Is(err, files.ErrUnsure) {
		return nil
	}
	return err
}

func aead(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for another length
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // never with AES
	}
	return gcm
}

// place binds a slot to where it stands in this version of the file.
func (l layout) place(i int) []byte { return append([]byte(l.magic), byte(i)) }

func encrypt(key cipher.AEAD, all slots) []byte {
	l := thisLayout
	data := append(make([]byte, 0, len(l.magic)+Slots*l.slotSize()), l.magic...)
	for i, s := range all {
		nonce := make([]byte, key.NonceSize())
		_, _ = rand.Read(nonce)
		data = append(data, nonce...)
		data = key.Seal(data, nonce, s.marshal(), l.place(i))
	}
	return data
}

// decrypt returns the slots that can be read and whether those are all.
func (l layout) decrypt(key cipher.AEAD, data []byte) (all slots, whole bool) {
	size := l.slotSize()
	whole = len(data) == len(l.magic)+Slots*size && bytes.HasPrefix(data, []byte(l.magic))
	for i := range all {
		from := len(l.magic) + i*size
		if from+size > len(data) {
			return all, false
		}
		sealed := data[from : from+size]
		plain, err := key.Open(nil, sealed[:key.NonceSize()], sealed[key.NonceSize():], l.place(i))
		s, ok := l.unmarshal(plain)
		if err != nil || !ok {
			whole = false
			continue
		}
		all[i] = s
	}
	return all, whole
}
