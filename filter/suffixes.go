package filter

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// MaxDepth is how many labels, counted from the right, a listed name may have.
// Deeper names are still decided by their last MaxDepth labels.
const MaxDepth = 24

// A HashKey keys the hashes of names, so that an index on disk says nothing
// about which names are in it to whoever has not the key too.
type HashKey struct{ a, b uint64 }

// NewHashKey returns the key in 16 random bytes.
func NewHashKey(random [16]byte) HashKey {
	return HashKey{binary.LittleEndian.Uint64(random[:8]) | 1, binary.LittleEndian.Uint64(random[8:]) | 1}
}

// Derive returns a secret of its own for a purpose, which tells nothing of k.
func (k HashKey) Derive(purpose string) [sha256.Size]byte {
	seed := append([]byte("lessonguard "+purpose+"\x00"), make([]byte, 16)...)
	binary.LittleEndian.PutUint64(seed[len(seed)-16:], k.a)
	binary.LittleEndian.PutUint64(seed[len(seed)-8:], k.b)
	return sha256.Sum256(seed)
}

// Suffixes is a name as the decision sees it: the keyed 64-bit hashes of the
// name and of every name above it, each computed from the one before, right to
// left. It has a fixed size and is meant to be reused; fill it with
// [HashKey.Text] or [HashKey.Wire].
type Suffixes struct {
	n     uint8 // suffixes held, the shortest first
	whole bool  // the last of them is the whole name
	size  uint8 // bytes of text
	start [MaxDepth]uint8
	hash  [MaxDepth]uint64
	text  [256]byte // dotted, lower case
}

// Len returns how many suffixes are held: the name's labels, at most
// [MaxDepth]. It is 0 for the root.
func (s *Suffixes) Len() int { return int(s.n) }

// Hash returns the hash of the suffix of i+1 labels.
func (s *Suffixes) Hash(i int) uint64 { return s.hash[i] }

// Whole reports whether the suffix of i+1 labels is the whole name.
func (s *Suffixes) Whole(i int) bool { return s.whole && i == int(s.n)-1 }

// Suffix returns the suffix of i+1 labels, dotted and in lower case, without
// copying it: it holds until s is filled again. It is a visited name: neither
// log nor keep it where the design does not say so.
func (s *Suffixes) Suffix(i int) []byte { return s.text[s.start[i]:s.size] }

// Name returns a copy of the whole name. See [Suffixes.Suffix].
func (s *Suffixes) Name() string { return string(s.text[:s.size]) }

// Bytes returns the whole name as [Suffixes.Name] does, without copying it: it
// holds until s is filled again.
func (s *Suffixes) Bytes() []byte { return s.text[:s.size] }

// Text fills s with n.
func (k HashKey) Text(n Name, s *Suffixes) {
	s.size = uint8(copy(s.text[:], n))
	k.fill(s)
}

// Wire fills s with the name at the start of msg, uncompressed and in wire form
// (RFC 1035 section 3.1), as the question of a query holds it. It returns how
// many bytes the name took, or ok false if it is no such name. Letters are
// lowered; any other byte is taken as it is, a dot inside a label as a byte
// that matches nothing.
func (k HashKey) Wire(msg []byte, s *Suffixes) (n int, ok bool) {
	out := 0
	for {
		if n >= len(msg) {
			return 0, false
		}
		size := int(msg[n])
		n++
		if size == 0 {
			break
		}
		if size > 63 || n+size > len(msg) || out+size+1 > 253 {
			return 0, false
		}
		if out > 0 {
			s.text[out] = '.'
			out++
		}
		for _, c := range msg[n : n+size] {
			s.text[out] = lower[c]
			out++
		}
		n += size
	}
	s.size = uint8(out)
	k.fill(s)
	return n, true
}

// lower maps bytes of a label to how they are compared (RFC 4343). A dot would
// be taken for a label's end, so it becomes a byte that no listed name has.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if i >= 'A' && i <= 'Z' {
			t[i] = byte(i + 'a' - 'A')
		}
	}
	t['.'] = 0xff
	return t
}()

func (k HashKey) fill(s *Suffixes) {
	s.n, s.whole = 0, s.size > 0
	h := k.a
	for end := int(s.size); end > 0; {
		if s.n == MaxDepth {
			s.whole = false
			return
		}
		begin := end - 1
		for begin > 0 && s.text[begin-1] != '.' {
			begin--
		}
		h = k.label(h, s.text[begin:end])
		s.start[s.n], s.hash[s.n] = uint8(begin), h
		s.n++
		end = begin - 1
	}
}

// label folds one label into h, eight bytes a step, by the folded multiply of
// wyhash; the length goes in with the tail, so that a.bc and ab.c differ.
func (k HashKey) label(h uint64, label []byte) uint64 {
	size := uint64(len(label))
	for len(label) >= 8 {
		h = fold(h^binary.LittleEndian.Uint64(label), k.b)
		label = label[8:]
	}
	var tail uint64
	for i, c := range label {
		tail |= uint64(c) << (8 * i)
	}
	return fold(h^tail, k.b^size<<56)
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
