package index

import (
	"encoding/binary"
	"fmt"

	"lessonguard/filter"
)

// sets numbers the sets of lists that entries are on. Most entries are on one
// list; a few thousand sets do for a million names.
type sets struct {
	lists  []List // Names is counted here
	all    []set
	ids    map[string]uint16
	single map[ref]uint16
	buf    []byte
}

type set struct {
	mark  filter.Mark
	refs  []ref // as the file has them
	lists []int // distinct ones
}

// of returns the set of one name's pairs, which are sorted, and how many of
// them are distinct.
func (s *sets) of(pairs []pair) (id uint16, distinct int, err error) {
	if s.ids == nil {
		s.ids, s.single = map[string]uint16{}, map[ref]uint16{}
	}
	if len(pairs) == 1 { // nearly always
		if id, ok := s.single[pairs[0].ref]; ok {
			s.lists[pairs[0].ref.list()].Names++
			return id, 1, nil
		}
	}
	var refs []ref
	s.buf = s.buf[:0]
	for i, p := range pairs {
		if i > 0 && p.ref == pairs[i-1].ref {
			continue
		}
		distinct++
		s.buf = binary.LittleEndian.AppendUint16(s.buf, uint16(p.ref))
	}
	id, ok := s.ids[string(s.buf)]
	if !ok {
		if len(s.all) == maxSets {
			return 0, 0, fmt.Errorf("%d different sets of lists: %w", len(s.all)+1, ErrTooLarge)
		}
		for b := s.buf; len(b) > 0; b = b[2:] {
			refs = append(refs, ref(binary.LittleEndian.Uint16(b)))
		}
		id = uint16(len(s.all))
		s.all = append(s.all, s.make(refs))
		s.ids[string(s.buf)] = id
		if len(refs) == 1 {
			s.single[refs[0]] = id
		}
	}
	for _, l := range s.all[id].lists {
		s.lists[l].Names++
	}
	return id, distinct, nil
}

func (s *sets) make(refs []ref) set {
	made := set{refs: refs}
	for i, r := range refs {
		l := s.lists[r.list()]
		closes := filter.CategoriesOf(l.Category)
		if l.Restricted {
			closes = filter.Restricted
		}
		if r.exact() {
			made.mark.Only |= closes
		} else {
			made.mark.Under |= closes
		}
		if i == 0 || refs[i-1].list() != r.list() {
			made.lists = append(made.lists, r.list())
		}
	}
	return made
}

// entries are pairs of hash and set in the order of the hashes, one a name,
// with the buckets by which to find one.
type entries struct {
	pairs   []pair
	offsets []uint32
	shift   int
}

func newEntries(pairs []pair) *entries {
	bits := bucketBits(len(pairs))
	t := &entries{pairs: pairs, offsets: make([]uint32, 1<<bits+1), shift: 64 - bits}
	bucket := uint64(0)
	for i, p := range pairs {
		for ; bucket <= p.hash>>t.shift; bucket++ {
			t.offsets[bucket] = uint32(i)
		}
	}
	for ; bucket < uint64(len(t.offsets)); bucket++ {
		t.offsets[bucket] = uint32(len(pairs))
	}
	return t
}

// find returns the index of the pair with the given hash, or -1.
func (t *entries) find(hash uint64) int {
	b := hash >> t.shift
	for i := t.offsets[b]; i < t.offsets[b+1]; i++ {
		if t.pairs[i].hash == hash {
			return int(i)
		}
	}
	return -1
}

// drop removes the pairs that out says. Nothing is found any more after it.
func (t *entries) drop(out []bool) {
	kept := t.pairs[:0]
	for i, p := range t.pairs {
		if !out[i] {
			kept = append(kept, p)
		}
	}
	t.pairs = kept
}
