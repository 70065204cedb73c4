package activity

// Bounds of a buffer, which is all the memory that any number of questions can
// take: two of these are 150 KiB, of which the pages in use count.
const (
	maxEntries = 256
	maxTallies = 64  // learners of one PC; a household has far fewer
	maxName    = 253 // bytes of a name (RFC 1035 section 2.3.4, without the root)
)

// A buffer holds what was blocked until it is written. Every block is either
// an entry or counted in a tally.
type buffer struct {
	entries [maxEntries]entry
	tallies [maxTallies]tally
	names   int // entries in use
	who     int // tallies in use
}

type entry struct {
	learner string
	kind    kind
	size    uint8
	name    [maxName]byte
}

// A tally counts blocks of one learner without their names.
type tally struct {
	learner string
	count   [kinds]uint32
	dropped [kinds]uint32 // of count: had a name, for which there was no room
}

// add notes one block. It reports whether it was the first in b, and whether
// the entries have just become half full.
func (b *buffer) add(learner string, name []byte, k kind, named bool) (first, half bool) {
	first = b.empty()
	if named && b.names < maxEntries && len(name) <= maxName {
		e := &b.entries[b.names]
		e.learner, e.kind, e.size = learner, k, uint8(copy(e.name[:], name))
		b.names++
		return first, b.names == maxEntries/2
	}
	t := b.tally(learner)
	if t == nil {
		return false, false
	}
	t.count[k]++
	if named {
		t.dropped[k]++
	}
	return first, false
}

func (b *buffer) tally(learner string) *tally {
	for i := range b.who {
		if b.tallies[i].learner == learner {
			return &b.tallies[i]
		}
	}
	if b.who == maxTallies {
		return nil
	}
	t := &b.tallies[b.who]
	t.learner = learner
	b.who++
	return t
}

func (b *buffer) empty() bool { return b.names == 0 && b.who == 0 }

// clear leaves no name in memory.
func (b *buffer) clear() {
	clear(b.entries[:b.names])
	clear(b.tallies[:b.who])
	b.names, b.who = 0, 0
}
