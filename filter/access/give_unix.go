//go:build unix

package access

import (
	"io/fs"
	"os"
	"syscall"
)

// giveTo gives a file to the account that dir belongs to. It is the open file and
// not a path: whoever owns dir must not be given any other.
func giveTo(dir fs.FileInfo, f *os.File) error {
	owner, ok := dir.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() == int(owner.Uid) {
		return nil
	}
	return f.Chown(int(owner.Uid), int(owner.Gid))
}
