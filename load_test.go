package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/filter/catalogue"
	"lessonguard/filter/control"
)

// TestNewest: help services and providers come from a signed data file that is
// good and newer, and from the program whatever else is there.
func TestNewest(t *testing.T) {
	signer := catalogue.NewSigner([32]byte{7}, [8]byte{7})
	release := func(s catalogue.Signer) []byte {
		d, err := catalogue.NewData(shipped, catalogue.BuiltIn+1, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		const file = "services/nspcc.toml"
		d.Files[file] = strings.ReplaceAll(d.Files[file], "Helpline", "Helpline anew")
		signed, err := d.Sign(s)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	for _, tt := range []struct {
		why  string
		file []byte // nil: there is none
		anew bool
		bad  bool
	}{
		{"none", nil, false, false},
		{"good", release(signer), true, false},
		{"another's", release(catalogue.NewSigner([32]byte{8}, [8]byte{7})), false, true},
		{"torn", release(signer)[:2000], false, true},
	} {
		path := control.DataPath(filepath.Join(t.TempDir(), "control.sock"))
		if tt.file != nil {
			if err := os.WriteFile(path, tt.file, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		from, err := newest(path, []catalogue.Key{signer.Public()})
		if (err != nil) != tt.bad {
			t.Errorf("%s: %v", tt.why, err)
		}
		c, err := load(from, false)
		if err != nil {
			t.Fatalf("%s: %v", tt.why, err)
		}
		anew := false
		for _, s := range c.services {
			anew = anew || strings.Contains(s.Name+s.Summary, "Helpline anew")
		}
		if anew != tt.anew || len(c.profiles) < 5 {
			t.Errorf("%s: shown anew %v, want %v; %d profiles", tt.why, anew, tt.anew, len(c.profiles))
		}
	}
	if control.DataPath(`\\.\pipe\lessonguard`) != "" {
		t.Error("a pipe has a folder beside it")
	}
}
