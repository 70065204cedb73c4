package keys_test

import (
	"os"
	"runtime"
	"testing"

	"lessonguard/agreements/keys"
)

// TestKeyring goes through the keyring of the operating system itself. The
// variable is set by tools/desktop/keyring.sh, which starts one to throw away:
// a test must not write into the keyring of whoever runs it.
func TestKeyring(t *testing.T) {
	if os.Getenv("LESSONGUARD_KEYRING") == "" {
		t.Skip("LESSONGUARD_KEYRING is not set: run tools/desktop/keyring.sh go test ./agreements/keys")
	}
	v, path := vault(t, keys.Keyring{})
	holds(t, v)
	first, err := keys.Signer(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := keys.Signer(t.Context(), open(keys.Keyring{}, path)); err != nil || !again.Equal(first) {
		t.Errorf("a second start = another key, %v", err)
	}
	if got := notice(t, v); got != "" {
		t.Errorf("notice = %q: the keyring was not used", got)
	}
}

// TestNoKeyring has the true library look for a keyring where there is none.
func TestNoKeyring(t *testing.T) {
	if runtime.GOOS != "linux" || os.Getenv("LESSONGUARD_KEYRING") != "" {
		t.Skip("only Linux can be without a keyring, and not under tools/desktop/keyring.sh")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/bus")
	v, _ := vault(t, keys.Keyring{})
	holds(t, v)
	if _, err := keys.Signer(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	if notice(t, v) == "" {
		t.Error("no notice that the key is in a file")
	}
}
