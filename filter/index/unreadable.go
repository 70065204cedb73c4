package index

// A page of a mapped file may turn out not to be readable: the disk fails, or
// somebody cut the file short. The kernel then sends a signal, of which a program
// dies, and a family's questions with it. Here it ends one look-up: nothing is
// found in that index any more, and [Index.Unreadable] tells its owner, who opens
// or builds another.
//
// What reads the mapping asks for a panic in the place of the signal
// (debug.SetPanicOnFault), which holds for its goroutine, and hands it to caught.
// That keeps x, too, and so the mapping, until all is read.

// caught takes what recover returned.
func (x *Index) caught(why any) {
	switch why.(type) {
	case nil:
	case interface{ Addr() uintptr }: // a fault: see debug.SetPanicOnFault
		if !x.broken.Swap(true) {
			close(x.unreadable)
		}
	default:
		panic(why)
	}
}

// Unreadable returns a channel that is closed when a part of the file could not
// be read.
func (x *Index) Unreadable() <-chan struct{} { return x.unreadable }
