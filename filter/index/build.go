package index

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math/bits"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// ErrTooLarge is returned for more lists or names than an index can hold.
var ErrTooLarge = errors.New("more than an index can hold")

// A Config is what [Build] makes an index from.
type Config struct {
	Path  string // of the file, which is replaced; empty: nothing is written, only counted
	Key   filter.HashKey
	Lists []Source
	Kept  []filter.Kept
	// Perm is the mode of the file; 0 means 0600: only the service may read it.
	Perm fs.FileMode
}

// A Source is one list to put in an index.
type Source struct {
	ID, Title  string
	Category   filter.Category
	Restricted bool // then Category means nothing, and nothing is kept from it
	// Names hands each entry to add: a name in the form of [filter.Name], and
	// whether the entry closes that name alone. add keeps no hold of name. It
	// may run while that of other lists does.
	Names func(add func(name []byte, exact bool)) error
	// Digests stands in the place of Names for a restricted list that arrives
	// hashed. It hands each entry to add: SHA-256 of a name in the form of
	// [filter.Name], or its HMAC-SHA-256 with Secret if that is not empty.
	Digests func(add func(digest [sha256.Size]byte)) error
	Secret  []byte
	// Licensed says that the signature of a restricted list is a licensee's.
	Licensed bool
	// Pages tells how many entries DNS cannot enforce; it is asked once all others
	// were handed on. Nil: none.
	Pages func() int
}

// Stats is what became of the entries.
type Stats struct {
	Handed     int    // to add, by all lists together
	Entries    int    // in the index
	Digests    int    // in its table of hashed lists
	Duplicates int    // on the same list twice
	Shared     int    // names on more than one list
	Covered    int    // left out because a name above them closes the same
	TooDeep    int    // of more labels than any name is looked up by
	SavedAll   int    // left out to keep a well-known name; Saved holds the first of them
	Saved      []Save // at most MaxSaved
	Lists      []List // as the index has them
	Bytes      int64  // size of the file
}

// A Save is one entry that was left out because it would close a well-known name.
type Save struct {
	List string      // id
	Name filter.Name // the entry, not the kept name
}

// MaxSaved is how many saves are named; beyond, they are only counted.
const MaxSaved = 1000

// Build reads every list once, several at a time, and replaces the index at
// c.Path, which stays as it is if anything fails.
func Build(c Config) (Stats, error) {
	if len(c.Lists) > maxLists {
		return Stats{}, fmt.Errorf("building index: %d lists: %w", len(c.Lists), ErrTooLarge)
	}
	b, err := gather(c)
	if err != nil {
		return Stats{}, fmt.Errorf("building index: %w", err)
	}
	data, err := b.finish()
	if err != nil {
		return Stats{}, fmt.Errorf("building index: %w", err)
	}
	b.stats.Bytes = int64(len(data))
	if c.Path == "" {
		return b.stats, nil
	}
	if c.Perm == 0 {
		c.Perm = 0o600
	}
	err = replace(c.Path, func() error { return files.Write(c.Path, data, c.Perm) })
	if err != nil {
		return Stats{}, fmt.Errorf("building index: %w", err)
	}
	return b.stats, nil
}

// A builder makes an index of what was gathered.
type builder struct {
	key   filter.HashKey
	pairs pile[pair]
	deep  pile[uint64] // see gatherer
	sets  sets
	stats Stats

	digests  []uint64
	digester digester
}

// finish makes the file of what was added.
func (b *builder) finish() ([]byte, error) {
	pairs := sorted(&b.pairs)
	b.sets.lists = b.stats.Lists // counts their names

	// Each run of equal hashes becomes one entry, in place.
	n := 0
	for i := 0; i < len(pairs); {
		hash, from := pairs[i].hash, i
		for ; i < len(pairs) && pairs[i].hash == hash; i++ {
		}
		set, distinct, err := b.sets.of(pairs[from:i])
		if err != nil {
			return nil, err
		}
		b.stats.Duplicates += i - from - distinct
		if len(b.sets.all[set].lists) > 1 {
			b.stats.Shared++
		}
		pairs[n] = pair{hash, ref(set)}
		n++
	}
	t := newEntries(pairs[:n])
	t.drop(b.covered(t))
	b.stats.Covered = n - len(t.pairs)
	b.stats.Entries = len(t.pairs)
	if len(t.pairs) > maxEntries {
		return nil, fmt.Errorf("%d names: %w", len(t.pairs), ErrTooLarge)
	}
	if b.digests = distinct(b.digests); len(b.digests) > maxDigests || len(b.digester.secrets) > maxSecrets {
		return nil, fmt.Errorf("%d hashed names with %d keys: %w", len(b.digests), len(b.digester.secrets), ErrTooLarge)
	}
	b.stats.Digests = len(b.digests)
	return b.encode(t.pairs)
}

// covered returns which entries a name above them makes pointless: it closes
// all that they close, with everything under it.
func (b *builder) covered(t *entries) []bool {
	covered := make([]bool, len(t.pairs))
	b.deep.drain(func(c []uint64) {
		for len(c) > 0 {
			above := c[2 : 2+c[0]]
			at := t.find(c[1])
			c = c[2+c[0]:]
			mark := b.sets.all[t.pairs[at].ref].mark
			rest := mark.Under | mark.Only
			for _, hash := range above {
				if up := t.find(hash); up >= 0 {
					rest &^= b.sets.all[t.pairs[up].ref].mark.Under
				}
			}
			covered[at] = rest == 0
		}
	})
	return covered
}

// encode lays the file out.
func (b *builder) encode(all []pair) ([]byte, error) {
	explain, err := json.Marshal(meta{Lists: b.stats.Lists})
	if err != nil {
		return nil, err
	}
	refs := 0
	for _, s := range b.sets.all {
		refs += len(s.refs)
	}
	h := header{
		Magic: magic, Version: version, KeyCheck: keyCheck(b.key),
		Count: uint32(len(all)), Words: uint32(len(all)*bloomBits/64 + 1), BucketBits: uint32(bucketBits(len(all))),
		Sets: uint32(len(b.sets.all)), Refs: uint32(refs), Meta: uint32(len(explain)),
		Digests: uint32(len(b.digests)),
	}
	var sealed []byte
	if len(b.digests) > 0 {
		if sealed, err = b.digester.seal(b.key); err != nil {
			return nil, err
		}
		h.Seal = uint32(len(sealed))
	}
	s := h.sections()
	h.Size = s.end
	le := binary.LittleEndian
	data := make([]byte, s.end)

	bloom, offsets, at := data[s.bloom:s.offsets], data[s.offsets:], data[s.entries:]
	shift, bucket := 64-h.BucketBits, uint64(0)
	for i, p := range all {
		word, _ := bits.Mul64(p.hash, uint64(h.Words))
		le.PutUint64(bloom[word*8:], le.Uint64(bloom[word*8:])|pattern(p.hash))
		for ; bucket <= p.hash>>shift; bucket++ {
			le.PutUint32(offsets[bucket*4:], uint32(i))
		}
		le.PutUint64(at[i*8:], p.hash<<16|uint64(p.ref))
	}
	for ; bucket <= 1<<h.BucketBits; bucket++ {
		le.PutUint32(offsets[bucket*4:], h.Count)
	}
	used := uint32(0)
	for i, set := range b.sets.all {
		to := data[s.sets+uint64(i)*setSize:]
		le.PutUint32(to, uint32(set.mark.Under))
		le.PutUint32(to[4:], uint32(set.mark.Only))
		le.PutUint32(to[8:], used)
		for _, r := range set.refs {
			le.PutUint16(data[s.refs+uint64(used)*2:], uint16(r))
			used++
		}
		le.PutUint32(to[12:], used)
	}
	for i, d := range b.digests {
		le.PutUint64(data[s.digests+uint64(i)*8:], d)
	}
	copy(data[s.seal:], sealed)
	copy(data[s.meta:], explain)
	h.encode(data)
	h.Sum = crc32.Checksum(data[summedFrom:], castagnoli)
	h.encode(data)
	return data, nil
}
