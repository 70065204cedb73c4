package index

import "lessonguard/filter"

// keeper finds the entries that would close a kept name.
type keeper struct {
	may   map[uint64]filter.Categories // which categories may have this entry
	bloom [1 << 10]uint64              // of the hashes in may: most entries are not
}

// newKeeper makes one of kept. A line for a name decides for an entry of that
// very name; an entry above several kept names needs leave of them all.
func newKeeper(key filter.HashKey, kept []filter.Kept) *keeper {
	k := &keeper{may: map[uint64]filter.Categories{}}
	own := map[uint64]filter.Categories{}
	var s filter.Suffixes
	for _, n := range kept {
		key.Text(n.Name, &s)
		if s.Len() == 0 || !s.Whole(s.Len()-1) {
			continue // deeper than any entry
		}
		last := s.Len() - 1
		if may, twice := own[s.Hash(last)]; twice {
			own[s.Hash(last)] = may | n.May
		} else {
			own[s.Hash(last)] = n.May
		}
		for i := 0; i < last && !n.Alone; i++ {
			if may, ok := k.may[s.Hash(i)]; ok {
				k.may[s.Hash(i)] = may & n.May
			} else {
				k.may[s.Hash(i)] = n.May
			}
		}
	}
	for hash, may := range own {
		k.may[hash] = may
	}
	for hash := range k.may {
		k.bloom[hash>>54] |= pattern(hash)
	}
	return k
}

// refuses reports whether an entry with the given hash would close a kept name
// that its category may not close.
func (k *keeper) refuses(hash uint64, category filter.Category) bool {
	if mask := pattern(hash); k.bloom[hash>>54]&mask != mask {
		return false
	}
	may, ok := k.may[hash]
	return ok && !may.Has(category)
}
