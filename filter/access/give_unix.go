//go:build unix

package access

import (
	"io/fs"
	"os"
	"syscall"
)

// giveTo gives the file at path to the account that dir belongs to.
func giveTo(dir fs.FileInfo, path string) error {
	owner, ok := dir.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() == int(owner.Uid) {
		return nil
	}
	// Not through a link: whoever owns dir must not be given any other file.
	return os.Lchown(path, int(owner.Uid), int(owner.Gid))
}
