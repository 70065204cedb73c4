package filter

// A Kept is a well-known name that blocklists close by mistake. An entry for
// the name, or for one above it, is left out of every list but those of the
// categories that may close it. Restricted lists take no notice of it.
type Kept struct {
	Name Name
	May  Categories // that may still close it
	// Alone keeps the name but none above it: an entry for a large site is
	// not lost because the PC or a lesson needs one host of it.
	Alone bool
}
