//go:build unix

package index

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps the first size bytes of f, read-only.
func mapFile(f *os.File, size int64) (data []byte, unmap func() error, err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return data, func() error { return unix.Munmap(data) }, nil
}

// replace has write replace the file at path; here a file can be replaced while
// it is mapped.
func replace(_ string, write func() error) error { return write() }
