package index

import (
	"encoding/binary"
	"hash/crc32"

	"lessonguard/filter"
)

// The file, all numbers little-endian:
//
//	header    see below
//	bloom     words of 64 bits
//	offsets   1<<bucketBits + 1 of 32 bits, and nothing up to a multiple of 8 bytes
//	entries   64 bits each, in the order of the hashes
//	sets      by id: under, only, first reference, end of references, 32 bits each
//	refs      16 bits each
//	digests   64 bits each, in order; see Digests
//	seal      how digests are made, encrypted
//	meta      JSON
//
// Bytes a name at one million: entries 8, Bloom filter 1.25, offsets 0.4.
type header struct {
	Magic      [8]byte
	Version    uint32
	Sum        uint32 // CRC-32C of everything after this field
	Size       uint64 // of the whole file
	KeyCheck   uint64
	Count      uint32 // entries
	Words      uint32 // of the Bloom filter
	BucketBits uint32
	Sets       uint32
	Refs       uint32
	Meta       uint32 // bytes
	Digests    uint32
	Seal       uint32 // bytes
}

const (
	version    = 2
	headerSize = 64
	summedFrom = 16 // offset of the field after Sum

	bloomBits   = 10 // a name: two false alarms in a hundred
	perBucket   = 8  // names, on average, up to twice as many
	setSize     = 16
	maxSets     = 1 << 16
	maxEntries  = 1 << 28
	maxMetaSize = 16 << 20
	maxDigests  = 1 << 24
	maxSealSize = 1 << 16
)

var magic = [8]byte{'L', 'G', 'I', 'N', 'D', 'E', 'X', '\n'}

// meta is the part of the file that only explains.
type meta struct {
	Lists []List `json:"lists"`
}

// sections are where the parts of the file begin; the last is where it ends.
type sections struct{ bloom, offsets, entries, sets, refs, digests, seal, meta, end uint64 }

// sections cannot overflow: every field of h is 32 bits, and BucketBits is
// checked before.
func (h *header) sections() (s sections) {
	s.bloom = headerSize
	s.offsets = s.bloom + uint64(h.Words)*8
	s.entries = (s.offsets + (1<<h.BucketBits+1)*4 + 7) &^ 7
	s.sets = s.entries + uint64(h.Count)*8
	s.refs = s.sets + uint64(h.Sets)*setSize
	s.digests = (s.refs + uint64(h.Refs)*2 + 7) &^ 7
	s.seal = s.digests + uint64(h.Digests)*8
	s.meta = s.seal + uint64(h.Seal)
	s.end = s.meta + uint64(h.Meta)
	return s
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// keyCheck recognises a key without telling it.
func keyCheck(k filter.HashKey) uint64 {
	var s filter.Suffixes
	k.Text("key.check.invalid", &s)
	return s.Hash(s.Len() - 1)
}

func (h *header) encode(to []byte) {
	_, _ = binary.Encode(to, binary.LittleEndian, h) // the size is right: it is tested
}

func (h *header) decode(from []byte) bool {
	_, err := binary.Decode(from, binary.LittleEndian, h)
	return err == nil
}
