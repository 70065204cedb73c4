//go:build !unix && !windows

package index

import (
	"io"
	"os"
)

// mapFile reads the first size bytes of f: this system has no mapping that we
// know of.
func mapFile(f *os.File, size int64) (data []byte, unmap func() error, err error) {
	data = make([]byte, size)
	_, err = io.ReadFull(io.NewSectionReader(f, 0, size), data)
	return data, func() error { return nil }, err
}

// replace has write replace the file at path; here a file can be replaced while
// it is mapped.
func replace(_ string, write func() error) error { return write() }
