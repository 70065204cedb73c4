package main

import "runtime/debug"

// limitSelf bounds the memory as far as Go's runtime can: Windows bounds a
// process from outside only, by a job.
func limitSelf() error {
	debug.SetMemoryLimit(512 << 20)
	return nil
}
