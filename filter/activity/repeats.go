package activity

import (
	"hash/maphash"
	"sync/atomic"
	"time"
)

// repeatTime is for how long a name that was counted is not counted again.
const repeatTime = 60 // seconds

const (
	repeatSlots = 4096
	repeatWays  = 4 // slots that a name may be in
)

// repeats remembers, without locks and in 32 KiB, what was counted of late. A
// slot holds half of a hash, keyed at random for this process, and the second
// it was counted in. With more than some thousand names a minute the oldest
// are forgotten, and may be counted twice.
type repeats struct {
	seed  maphash.Seed
	slots *[repeatSlots]atomic.Uint64
}

func newRepeats() repeats {
	return repeats{maphash.MakeSeed(), new([repeatSlots]atomic.Uint64)}
}

// again reports whether name has been counted for learner within the last
// minute. If not, it is from now on.
func (r *repeats) again(learner string, name []byte, running time.Duration) bool {
	hash := maphash.Bytes(r.seed, name) ^ maphash.String(r.seed, learner)*0x9e3779b97f4a7c15 // odd: one learner's xor is not another's
	now := uint32(max(running, 0)/time.Second) + 1                                           // an empty slot is of second 0
	tag := uint32(hash >> 32)
	set := r.slots[hash%(repeatSlots/repeatWays)*repeatWays:][:repeatWays]
	for {
		var oldest *atomic.Uint64
		var was uint64
		for i := range set {
			slot := set[i].Load()
			if uint32(slot>>32) == tag && uint32(slot) != 0 {
				if now-uint32(slot) < repeatTime {
					return true
				}
				oldest, was = &set[i], slot
				break
			}
			if oldest == nil || uint32(slot) < uint32(was) {
				oldest, was = &set[i], slot
			}
		}
		// Of several that ask at once, one counts and the others look again.
		if oldest.CompareAndSwap(was, uint64(tag)<<32|uint64(now)) {
			return false
		}
	}
}

func (r *repeats) clear() {
	for i := range r.slots {
		r.slots[i].Store(0)
	}
}
