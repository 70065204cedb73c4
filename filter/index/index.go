// Package index builds the published index, maps it and looks names up in it.
//
// The index is one file: the keyed 64-bit hashes of every name on every list,
// each with the set of lists it is on. It holds no name and not the key, only
// a value to recognise the key by, so that without the key it says nothing
// about what is on a list. Lists that arrive hashed are a small table of their
// own in it, and what they were hashed with is encrypted. It is written aside, never changed in place, and
// mapped read-only. Parsing lists is not done here, nor deciding anything.
package index

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"runtime/debug"
	"sync/atomic"

	"lessonguard/filter"
)

// Errors of [Open]. Whatever the reason, the index is made again from the lists.
var (
	// ErrDamaged is returned for a file that is no index, is cut short,
	// changed, or of another version.
	ErrDamaged = errors.New("not a whole index of this version: build it again from the lists")
	// ErrOtherKey is returned for an index built with another key.
	ErrOtherKey = errors.New("index was built with another key: build it again from the lists")
)

// An Index is a mapped index file. It implements [filter.Table] and is safe for
// concurrent use.
type Index struct {
	bloom   []byte // 64-bit words
	offsets []byte // 32-bit; entries of bucket b are offsets[b] up to offsets[b+1]
	entries []byte // 64-bit: the low 48 bits of the hash, then 16 of the set
	words   uint64 // in bloom
	shift   uint8  // hash >> shift is the bucket
	count   uint32 // entries
	marks   []filter.Mark
	refs    [][]byte // by set: 16-bit references, see ref
	meta    meta
	size    int64
	unmap   func() error

	digests  []byte // 64-bit, in order
	digester *digester

	broken     atomic.Bool // a page could not be read: see caught
	unreadable chan struct{}
}

// A List is one of the lists that an index was built from.
type List struct {
	ID         string          `json:"id"`
	Title      string          `json:"title"`
	Category   filter.Category `json:"category"`
	Restricted bool            `json:"restricted,omitempty"` // then Category means nothing
	Licensed   bool            `json:"licensed,omitempty"`   // a restricted list whose signature is a licensee's
	Names      int             `json:"names"`                // distinct ones that it brought
	Pages      int             `json:"pages,omitempty"`      // entries that DNS cannot enforce
}

// A ListRef is one list that an entry is on.
type ListRef struct {
	List
	Exact bool // the entry closes its name alone, not what is under it
}

// Lookup implements [filter.Table].
func (x *Index) Lookup(hash uint64) (m filter.Mark) {
	if x.broken.Load() {
		return m
	}
	debug.SetPanicOnFault(true)
	read := false // to ask for a panic only where there is one: it costs as much as all the rest
	defer func() {
		if !read {
			x.caught(recover())
		}
	}()
	// Most names are on no list. One word of a Bloom filter says so for all
	// but one or two in a hundred, for the price of one cache line.
	word, _ := bits.Mul64(hash, x.words)
	if mask := pattern(hash); binary.LittleEndian.Uint64(x.bloom[word*8:])&mask == mask {
		if set, ok := x.find(hash); ok {
			m = x.marks[set]
		}
	}
	read = true
	return m
}

// pattern returns the four bits that stand for hash in its word of the Bloom
// filter. The word is chosen by the high bits, these by the low ones.
func pattern(hash uint64) uint64 {
	return 1<<(hash&63) | 1<<(hash>>6&63) | 1<<(hash>>12&63) | 1<<(hash>>18&63)
}

// find returns the set of the entry with the given hash. It trusts no number in
// the file: a wrong one finds nothing and reads nothing outside.
func (x *Index) find(hash uint64) (set uint16, ok bool) {
	b := hash >> x.shift
	at := binary.LittleEndian.Uint64(x.offsets[b*4:]) // two 32-bit offsets at once
	from, to := uint32(at), uint32(at>>32)
	if from > to || to > x.count {
		return 0, false
	}
	want := hash << 16
	bucket := x.entries[uint64(from)*8 : uint64(to)*8]
	for ; len(bucket) >= 8; bucket = bucket[8:] {
		e := binary.LittleEndian.Uint64(bucket)
		if e&^0xffff == want {
			set = uint16(e)
			return set, int(set) < len(x.marks)
		}
	}
	return 0, false
}

// Lists returns the lists that the entry with the given hash is on; none if
// there is no such entry. It allocates, and is for explaining, not deciding.
func (x *Index) Lists(hash uint64) (on []ListRef) {
	debug.SetPanicOnFault(true)
	defer func() { x.caught(recover()) }()
	set, ok := x.find(hash)
	if !ok {
		return nil
	}
	for refs := x.refs[set]; len(refs) >= 2; refs = refs[2:] {
		r := ref(binary.LittleEndian.Uint16(refs))
		if l := r.list(); l < len(x.meta.Lists) {
			on = append(on, ListRef{List: x.meta.Lists[l], Exact: r.exact()})
		}
	}
	return on
}

// All returns the lists that x was built from, in the order they were given.
func (x *Index) All() []List { return append([]List(nil), x.meta.Lists...) }

// Len returns the number of entries.
func (x *Index) Len() int { return int(x.count) }

// Size returns the size of the file in bytes.
func (x *Index) Size() int64 { return x.size }

// Close unmaps x at once. No lookup may be running or come after: an index that
// other goroutines may hold is better dropped and left to the garbage
// collector, which unmaps it when nobody can reach it any more.
func (x *Index) Close() error { return x.unmap() }

// ref names a list in a set, with whether the entry is exact.
type ref uint16

const maxLists = 1 << 15

func newRef(list int, exact bool) ref {
	r := ref(list) << 1
	if exact {
		r |= 1
	}
	return r
}

func (r ref) list() int   { return int(r >> 1) }
func (r ref) exact() bool { return r&1 != 0 }
