package index

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime"
	"sync"

	"lessonguard/filter"
)

// Open maps the index at path, built with key. Damage and another key are
// [ErrDamaged] and [ErrOtherKey]; a file that is not there is [os.ErrNotExist].
func Open(path string, key filter.HashKey) (*Index, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening index: %w", err)
	}
	defer f.Close()
	h, err := check(f, key)
	if err != nil {
		return nil, fmt.Errorf("opening index %s: %w", path, err)
	}
	data, unmap, err := mapFile(f, int64(h.Size))
	if err != nil {
		return nil, fmt.Errorf("mapping index %s: %w", path, err)
	}
	unmap = sync.OnceValue(unmap) // by Close, or by the garbage collector
	x, err := newIndex(h, data, key)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening index %s: %w", path, err), unmap())
	}
	x.unmap = unmap
	runtime.AddCleanup(x, func(unmap func() error) { _ = unmap() }, unmap)
	return x, nil
}

// check reads the file once from end to end. It is read and not mapped for
// this, so that its pages do not count as ours; and a size other than the
// header's is found here, for reading a mapping past the end of its file kills
// the process.
func check(f *os.File, key filter.HashKey) (header, error) {
	var h header
	var head [headerSize]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return h, fmt.Errorf("%w (it is shorter than a header)", ErrDamaged)
	}
	if !h.decode(head[:]) || h.Magic != magic {
		return h, fmt.Errorf("%w (it does not begin like one)", ErrDamaged)
	}
	if h.Version != version {
		return h, fmt.Errorf("%w (version %d, this program reads %d)", ErrDamaged, h.Version, version)
	}
	info, err := f.Stat()
	if err != nil {
		return h, err
	}
	if h.BucketBits == 0 || h.BucketBits > 32 || h.Words == 0 || h.Count > maxEntries || h.Sets > maxSets ||
		h.Meta > maxMetaSize || h.Digests > maxDigests || h.Seal > maxSealSize || h.sections().end != h.Size || uint64(info.Size()) != h.Size {
		return h, fmt.Errorf("%w (%d bytes, its parts make %d)", ErrDamaged, info.Size(), h.sections().end)
	}
	sum := crc32.New(castagnoli)
	_, _ = sum.Write(head[summedFrom:])
	if n, err := io.CopyBuffer(sum, struct{ io.Reader }{f}, make([]byte, 256<<10)); err != nil {
		return h, err
	} else if uint64(n)+headerSize != h.Size || sum.Sum32() != h.Sum {
		return h, fmt.Errorf("%w (its checksum is wrong)", ErrDamaged)
	}
	if h.KeyCheck != keyCheck(key) {
		return h, ErrOtherKey
	}
	return h, nil
}

// newIndex cuts data, of the size that h says, into its parts. What belongs to
// sets and lists is few and is copied; it is all checked here, the entries are
// checked as they are read.
func newIndex(h header, data []byte, key filter.HashKey) (*Index, error) {
	s := h.sections()
	x := &Index{
		bloom:   data[s.bloom:s.offsets:s.offsets],
		offsets: data[s.offsets:s.entries:s.entries],
		entries: data[s.entries:s.sets:s.sets],
		words:   uint64(h.Words),
		shift:   uint8(64 - h.BucketBits),
		count:   h.Count,
		marks:   make([]filter.Mark, h.Sets),
		refs:    make([][]byte, h.Sets),
		size:    int64(h.Size),

		unreadable: make(chan struct{}),
	}
	refs := append([]byte(nil), data[s.refs:s.refs+uint64(h.Refs)*2]...)
	for i := range x.marks {
		set := data[s.sets+uint64(i)*setSize:]
		x.marks[i] = filter.Mark{
			Under: filter.Categories(binary.LittleEndian.Uint32(set)),
			Only:  filter.Categories(binary.LittleEndian.Uint32(set[4:])),
		}
		from, to := uint64(binary.LittleEndian.Uint32(set[8:])), uint64(binary.LittleEndian.Uint32(set[12:]))
		if from > to || to > uint64(h.Refs) {
			return nil, fmt.Errorf("%w (set %d is of no lists)", ErrDamaged, i)
		}
		if known := filter.Restricted | (1<<filter.NumCategories - 1); (x.marks[i].Under|x.marks[i].Only)&^known != 0 {
			return nil, fmt.Errorf("%w (set %d has an unknown category)", ErrDamaged, i)
		}
		x.refs[i] = refs[from*2 : to*2]
	}
	if err := json.Unmarshal(data[s.meta:s.end], &x.meta); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	if h.Digests == 0 {
		return x, nil
	}
	var err error
	if x.digester, err = unseal(key, data[s.seal:s.meta]); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	x.digests = data[s.digests:s.seal:s.seal]
	return x, nil
}
