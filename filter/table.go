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

// A Digested is a [Table] that may hold names which arrived hashed: some
// restricted lists are handed out as SHA-256 of each name and in no other form.
type Digested interface {
	Table
	// Digests returns what finds such names, or nil if there are none.
	Digests() Digests
}

// Digests finds names that a table knows only by digests of their own. It is
// slower than a [Table] and is asked only where such a list is loaded.
type Digests interface {
	// Closes reports whether a restricted list closes the name in s, or a name
	// above it. It takes s by value: behind an interface a pointer would move
	// the name of every query to the heap, hashed lists or none.
	Closes(s Suffixes) bool
}
