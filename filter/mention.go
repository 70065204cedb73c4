package filter

// Mentionable reports whether n may be kept and shown to a guardian where a
// learner wrote it themselves. A protected name, one of sensitive support, one
// on a restricted list and one on a self-harm list may not: whoever asks for
// such a site is not betrayed by having asked.
func (r *Rules) Mentionable(n Name) bool {
	var s Suffixes
	r.config.Key.Text(n, &s)
	for i := range s.Len() {
		hash, whole := s.Hash(i), s.Whole(i)
		mark, k := r.config.Published.Lookup(hash), r.table[hash]
		listed, found := mark.Under, k.under
		if whole {
			listed, found = listed|mark.Only|k.test, found|k.only
		}
		if listed&(Restricted|CategoriesOf(SelfHarm)) != 0 || found&(roleProtected|roleSensitive) != 0 {
			return false
		}
	}
	return r.digests == nil || !r.digests.Closes(s)
}
