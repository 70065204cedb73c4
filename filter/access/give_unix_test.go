//go:build unix

package access_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"lessonguard/filter/access"
)

// TestMintedForTheService: what root mints in the directory of the service's
// account is that account's to read and to use up.
func TestMintedForTheService(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("skipped: it needs root to give a file away")
	}
	const account = 61234
	dir := t.TempDir()
	if err := os.Chown(dir, account, account); err != nil {
		t.Fatal(err)
	}
	if _, err := access.MintClaim(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "claim.json"))
	if err != nil {
		t.Fatal(err)
	}
	if its := info.Sys().(*syscall.Stat_t); its.Uid != account || its.Gid != account || info.Mode().Perm() != 0o600 {
		t.Errorf("it is of %d:%d with %v, want %d:%d with -rw-------", its.Uid, its.Gid, info.Mode().Perm(), account, account)
	}
}
