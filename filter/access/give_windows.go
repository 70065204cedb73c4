package access

import (
	"io/fs"
	"os"
)

// giveTo does nothing: a file inherits the rights of its directory.
func giveTo(fs.FileInfo, *os.File) error { return nil }
