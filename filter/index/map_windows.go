package index

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// mapFile maps the first size bytes of f, read-only. Both handles can be closed
// while the view stays.
func mapFile(f *os.File, size int64) (data []byte, unmap func() error, err error) {
	section, err := windows.CreateFileMapping(windows.Handle(f.Fd()), nil, windows.PAGE_READONLY, uint32(size>>32), uint32(size), nil)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = windows.CloseHandle(section) }()
	view, err := windows.MapViewOfFile(section, windows.FILE_MAP_READ, 0, 0, uintptr(size))
	if err != nil {
		return nil, nil, err
	}
	// The view is memory of the system's, which the garbage collector never
	// moves; the address is taken through a pointer because vet rightly
	// dislikes numbers that become pointers.
	data = unsafe.Slice(*(**byte)(unsafe.Pointer(&view)), size)
	return data, func() error { return windows.UnmapViewOfFile(view) }, nil
}

// replace has write replace the file at path. Windows replaces no file that is
// mapped, but renames one; it is removed by the first build after the mapping
// is gone.
func replace(path string, write func() error) error {
	old := ""
	for i := 0; old == ""; i++ {
		name := fmt.Sprintf("%s.old%d", path, i)
		if err := os.Remove(name); err == nil || errors.Is(err, fs.ErrNotExist) {
			old = name
		} else if i == 16 {
			return fmt.Errorf("making room for %s: %w", path, err)
		}
	}
	moved := os.Rename(path, old)
	if moved != nil && !errors.Is(moved, fs.ErrNotExist) {
		return moved
	}
	if err := write(); err != nil {
		if moved == nil {
			err = errors.Join(err, os.Rename(old, path))
		}
		return err
	}
	_ = os.Remove(old) // fails while it is mapped
	return nil
}
