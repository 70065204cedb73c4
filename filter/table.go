package filter

// A Mark is what a table knows of one listed name.
type Mark struct {
	Under Categories // of the entries that close the name and everything under it
	Only  Categories // of the entries that close that name alone
}

// A Table finds what is listed under a hash (see [HashKey]). It must be safe
// for concurrent use and must not allocate: it stands in the path of every
// query. The zero Mark means that nothing is listed.
type Table interface {
	Lookup(hash uint64) Mark
}

// Empty is a [Table] in which nothing is listed.
type Empty struct{}

// Lookup implements [Table].
func (Empty) Lookup(uint64) Mark { return Mark{} }
