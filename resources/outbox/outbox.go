// Package outbox keeps sealed messages on the disk until a platform has them.
//
// It is also what hides that a child sent one. The directory always holds the
// same three files: a lock, a key, and sixteen equal slots that are always
// full, most of them with decoys. Each change rewrites every slot under fresh
// nonces, and so does each start and a schedule with no pattern, so that
// without the key neither names, sizes, counts nor times say anything. On the
// same schedule the platform is contacted whether or not a message waits.
//
// Whoever can read the key (the account itself, an administrator) can tell that
// a message waits, until it has been delivered; nobody on this PC can read it.
//
// Sealing is not in here, nor is the wire.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lessonguard/assets/files"
	"lessonguard/resources"
)

// Slots is how many messages can wait at once.
const Slots = 16

// A Config says how an outbox works. Only Dir must be set.
type Config struct {
	// Dir is the account's own directory for the outbox and nothing else. It
	// is made, readable by the account only.
	Dir string
	// Hello contacts the platform so that it looks from outside like the
	// sending of a message. Without it nothing hides when one is sent.
	Hello func(context.Context) error
	// Ask returns the receipt of a delivered message, so that the sender sees
	// when a person opened it.
	Ask func(ctx context.Context, id string) (resources.Receipt, error)
	// Network is told when the PC has come to a network. The platform is then
	// contacted as on the schedule: whether or not a message waits, because who
	// watches the network sees when it came up.
	Network <-chan struct{}
	// Every is the mean time between contacts; 0: half an hour. The times
	// between are random and without memory, so that one contact more, for a
	// message, stands out nowhere.
	Every time.Duration
	// Timeout is how long one attempt may take; 0: 30 seconds.
	Timeout time.Duration
	// Log takes what hinders the outbox itself, never anything of a message.
	// Nil: nothing is logged.
	Log *slog.Logger
}

// An Outbox is one account's. Several processes of the account may have it open
// at once, and each may run it: a message sent twice arrives once, by its id.
type Outbox struct {
	cfg  Config
	wake chan struct{}

	mu       sync.Mutex
	damage   error                        // what was last found damaged
	put      map[string]resources.Message // by this process, until it knows what became of them
	receipts map[string]resources.Receipt // of this process's own deliveries
	refused  map[string]bool
	// elsewhere are those that wait for a platform which is not the family's now.
	elsewhere map[string]bool
	changed   chan struct{} // closed and replaced when the above change
}

// ErrDamaged says that the outbox on the disk could not be read in full.
var ErrDamaged = errors.New("the outbox was damaged")

// Open opens the outbox in cfg.Dir, makes it where there is none and rewrites
// it. A damaged one is set aside, what can be read of it is kept, and
// [Outbox.Damage] tells.
func Open(ctx context.Context, cfg Config) (*Outbox, error) {
	if cfg.Every == 0 {
		cfg.Every = 30 * time.Minute
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	o := &Outbox{
		cfg:       cfg,
		wake:      make(chan struct{}, 1),
		put:       map[string]resources.Message{},
		receipts:  map[string]resources.Receipt{},
		refused:   map[string]bool{},
		elsewhere: map[string]bool{},
		changed:   make(chan struct{}),
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening outbox: %w", err)
	}
	if err := os.Chmod(cfg.Dir, 0o700); err != nil { // it may have been made by something careless
		return nil, fmt.Errorf("opening outbox: %w", err)
	}
	if err := files.SyncDir(filepath.Dir(cfg.Dir)); err != nil {
		cfg.Log.Warn("the outbox may be gone after a power cut", "err", err)
	}
	// Some disks never confirm a name. What waits there goes out all the same.
	if err := o.rewrite(ctx); err != nil && !errors.Is(err, files.ErrUnsure) {
		return nil, fmt.Errorf("opening outbox: %w", err)
	}
	return o, nil
}

// Damage returns what was found damaged since Open, as an error that is
// [ErrDamaged] and names the file it was set aside as, or nil.
func (o *Outbox) Damage() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.damage
}

// Put saves m. When it returns nil m is on the disk for good and will be sent,
// by whichever process runs the outbox. When it returns [resources.ErrUnsure] m
// will be sent too, unless power is lost first: to write the same anew would
// have it arrive twice. After any other error nothing of m is kept. It returns
// [resources.ErrFull] when every slot waits.
func (o *Outbox) Put(ctx context.Context, m resources.Message) error {
	if err := m.Check(); err != nil {
		return fmt.Errorf("saving message: %w", err)
	}
	if _, ok := o.Receipt(m.ID); ok {
		return nil // it has been delivered already
	}
	o.note(func() { delete(o.refused, m.ID) }) // putting it again asks to try again
	err := o.update(ctx, func(all *slots) error { return all.put(m) })
	if errors.Is(err, files.ErrUnsure) {
		if err = o.rewrite(ctx); err != nil { // whatever it is, m is where Run finds it
			err = fmt.Errorf("%w: %w", resources.ErrUnsure, err)
		}
	}
	if err == nil || errors.Is(err, resources.ErrUnsure) {
		o.note(func() { o.put[m.ID] = m })
		o.Wake()
	}
	if err != nil {
		return fmt.Errorf("saving message: %w", err)
	}
	return nil
}

// Wake has [Outbox.Run] try at once.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default: // it is awake
	}
}

// note changes what this process knows and tells those who wait for it.
func (o *Outbox) note(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
	close(o.changed)
	o.changed = make(chan struct{})
}
