package index

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"lessonguard/filter"
)

// A gatherer hashes the entries of some of the lists; each has its own, so that
// they need not wait for each other.
type gatherer struct {
	key     filter.HashKey
	keeper  *keeper
	sources []Source
	found   []found // by list, shared with the other gatherers, which have other lists
	probe   filter.Suffixes
	pairs   pile[pair]
	// deep holds for each entry of more than two labels the number of names
	// that may stand above it, its hash, and theirs.
	deep pile[uint64]
}

// found is what became of one list's entries.
type found struct {
	handed, tooDeep, savedAll int
	saved                     []Save
	digests                   []uint64 // of a list that arrives hashed
	err                       error
}

// gather reads all lists of c.
func gather(c Config) (*builder, error) {
	b := &builder{key: c.Key}
	all := make([]found, len(c.Lists))
	kept := newKeeper(c.Key, c.Kept)
	var (
		next    atomic.Int64
		readers sync.WaitGroup
		gs      = make([]gatherer, max(1, min(4, runtime.GOMAXPROCS(0), len(c.Lists))))
	)
	for i := range gs {
		g := &gs[i]
		*g = gatherer{key: c.Key, keeper: kept, sources: c.Lists, found: all}
		readers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(c.Lists); i = int(next.Add(1)) - 1 {
				all[i].err = g.read(i)
			}
		})
	}
	readers.Wait()
	for i, l := range c.Lists {
		f := &all[i]
		if f.err != nil {
			return nil, fmt.Errorf("list %s: %w", l.ID, f.err)
		}
		b.stats.Lists = append(b.stats.Lists, List{ID: l.ID, Title: l.Title, Category: l.Category, Restricted: l.Restricted, Licensed: l.Restricted && l.Licensed})
		if l.Pages != nil {
			b.stats.Lists[i].Pages = l.Pages()
		}
		b.addDigests(i, l, f.digests)
		b.stats.Handed += f.handed
		b.stats.TooDeep += f.tooDeep
		b.stats.SavedAll += f.savedAll
		b.stats.Saved = append(b.stats.Saved, f.saved[:min(len(f.saved), MaxSaved-len(b.stats.Saved))]...)
	}
	for i := range gs {
		b.pairs.join(&gs[i].pairs)
		b.deep.join(&gs[i].deep)
	}
	return b, nil
}

func (g *gatherer) read(list int) error {
	l := &g.sources[list]
	switch {
	case l.Digests == nil:
		return l.Names(func(name []byte, exact bool) { g.add(list, name, exact) })
	case !l.Restricted:
		return errors.New("only a restricted list may be hashed: nobody could be told why a name is closed")
	}
	m := newMasker(g.key)
	f := &g.found[list]
	return l.Digests(func(digest [sha256.Size]byte) {
		f.handed++
		f.digests = append(f.digests, m.mask(digest))
	})
}

func (g *gatherer) add(list int, name []byte, exact bool) {
	f, s := &g.found[list], &g.probe
	f.handed++
	g.key.Text(filter.Name(name), s)
	n := s.Len()
	if n == 0 || !s.Whole(n-1) {
		f.tooDeep++
		return
	}
	hash := s.Hash(n - 1)
	if l := &g.sources[list]; !l.Restricted && g.keeper.refuses(hash, exact, l.Category) {
		f.savedAll++
		if len(f.saved) < MaxSaved {
			f.saved = append(f.saved, Save{List: l.ID, Name: filter.Name(name)})
		}
		return
	}
	g.pairs.add(pair{hash, newRef(list, exact)})
	if n > 2 { // a single label is no name that a list may have
		var above [filter.MaxDepth]uint64
		above[0], above[1] = uint64(n-2), hash
		for i := 1; i < n-1; i++ {
			above[i+1] = s.Hash(i)
		}
		g.deep.add(above[:n]...)
	}
}
