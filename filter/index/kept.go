package index

import "lessonguard/filter"

// keeper finds the entries that would close a kept name.
type keeper struct {
	only  map[uint64]filter.Categories // which categories may close this name alone
	under map[uint64]filter.Categories // which may close it with everything under it
	bloom [1 << 10]uint64              // of the hashes in under: most entries are not
}

// newKeeper makes one of kept. An entry that is above several kept names needs
// leave of them all.
func newKeeper(key filter.HashKey, kept []filter.Kept) *keeper {
	k := &keeper{only: map[uint64]filter.Categories{}, under: map[uint64]filter.Categories{}}
	narrow := func(m map[uint64]filter.Categories, hash uint64, may filter.Categories) {
		if before, ok := m[hash]; ok {
			may &= before
		}
		m[hash] = may
	}
	var s filter.Suffixes
	for _, n := range kept {
		key.Text(n.Name, &s)
		if s.Len() == 0 || !s.Whole(s.Len()-1) {
			continue // deeper than any entry
		}
		last := s.Len() - 1
		narrow(k.only, s.Hash(last), n.May)
		narrow(k.under, s.Hash(last), n.May)
		for i := 0; i < last && !n.Alone; i++ {
			narrow(k.under, s.Hash(i), n.May)
		}
	}
	for hash := range k.under {
		k.bloom[hash>>54] |= pattern(hash)
	}
	return k
}

// refuses reports whether an entry with the given hash would close a kept name
// that its category may not close.
func (k *keeper) refuses(hash uint64, exact bool, category filter.Category) bool {
	if mask := pattern(hash); k.bloom[hash>>54]&mask != mask {
		return false
	}
	kept := k.under
	if exact {
		kept = k.only
	}
	may, ok := kept[hash]
	return ok && !may.Has(category)
}
