package index

import (
	"math/bits"
	"slices"
)

// A pair is one name on one list.
type pair struct {
	hash uint64
	ref  ref
}

// pile is a heap of values that grows without copying what is there: a slice
// that doubled would hold its old half beside the new.
type pile[T any] struct {
	full [][]T
	last []T
}

const pileChunk = 1 << 15

func (p *pile[T]) add(values ...T) {
	if len(p.last)+len(values) > cap(p.last) {
		if len(p.last) > 0 {
			p.full = append(p.full, p.last)
		}
		p.last = make([]T, 0, max(pileChunk, len(values)))
	}
	p.last = append(p.last, values...)
}

// join moves what is in q to p.
func (p *pile[T]) join(q *pile[T]) {
	p.full = append(append(p.full, q.full...), q.last)
	*q = pile[T]{}
}

func (p *pile[T]) len() int {
	n := len(p.last)
	for _, c := range p.full {
		n += len(c)
	}
	return n
}

// drain yields the chunks and forgets each one that was yielded.
func (p *pile[T]) drain(yield func([]T)) {
	for i, c := range p.full {
		yield(c)
		p.full[i] = nil
	}
	yield(p.last)
	p.full, p.last = nil, nil
}

// chunks yields the chunks and keeps them.
func (p *pile[T]) chunks(yield func([]T)) {
	for _, c := range p.full {
		yield(c)
	}
	yield(p.last)
}

// bucketBits returns how many high bits of a hash choose the bucket of n names.
func bucketBits(n int) int { return max(1, min(28, bits.Len(uint(n/perBucket))-1)) }

// sorted empties p into one slice, in the order of the hashes, and of the
// references where hashes are equal. The hashes are as good as random, so that
// dealing them into buckets by their high bits nearly sorts them.
func sorted(p *pile[pair]) []pair {
	n := p.len()
	shift := 64 - bucketBits(n)
	ends := make([]uint32, 1<<bucketBits(n)+1)
	p.chunks(func(c []pair) {
		for i := range c {
			ends[c[i].hash>>shift+1]++
		}
	})
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	all := make([]pair, n)
	p.drain(func(c []pair) {
		for _, v := range c {
			at := &ends[v.hash>>shift]
			all[*at] = v
			*at++
		}
	})
	begin := uint32(0)
	for _, end := range ends[:len(ends)-1] {
		order(all[begin:end])
		begin = end
	}
	return all
}

func less(a, b pair) bool { return a.hash < b.hash || a.hash == b.hash && a.ref < b.ref }

// order sorts a bucket: by insertion while it is small, as nearly all are. A
// name that every list has makes a large one, and must not make a slow one.
func order(b []pair) {
	if len(b) > 32 {
		slices.SortFunc(b, func(x, y pair) int {
			switch {
			case less(x, y):
				return -1
			case less(y, x):
				return 1
			}
			return 0
		})
		return
	}
	for i := 1; i < len(b); i++ {
		v := b[i]
		j := i
		for ; j > 0 && less(v, b[j-1]); j-- {
			b[j] = b[j-1]
		}
		b[j] = v
	}
}
