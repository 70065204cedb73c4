package catalogue_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"lessonguard/filter/catalogue"
)

// signer returns a signer of its own for each number.
func signer(n byte) catalogue.Signer {
	return catalogue.NewSigner([32]byte{n}, [8]byte{n, 2, 3})
}

func TestVerify(t *testing.T) {
	data, a, b := []byte("a list"), signer(1), signer(2)
	signature := a.Sign(data, "made for a test")
	for _, tt := range []struct {
		name      string
		data      string
		signature string
		keys      []catalogue.Key
		want      error
	}{
		{"good", "a list", signature, []catalogue.Key{b.Public(), a.Public()}, nil},
		{"changed", "a lisp", signature, []catalogue.Key{a.Public()}, catalogue.ErrBadSignature},
		{"another key", "a list", signature, []catalogue.Key{b.Public()}, catalogue.ErrUnknownKey},
		{"no keys", "a list", signature, nil, catalogue.ErrUnknownKey},
		{"another key with the same id", "a list", signature, []catalogue.Key{catalogue.NewSigner([32]byte{9}, [8]byte{1, 2, 3}).Public()}, catalogue.ErrBadSignature},
		{"another comment", "a list", strings.Replace(signature, "for a test", "for real", 1), []catalogue.Key{a.Public()}, catalogue.ErrBadSignature},
		{"cut short", "a list", signature[:60], []catalogue.Key{a.Public()}, catalogue.ErrBadSignature},
		{"none", "a list", "", []catalogue.Key{a.Public()}, catalogue.ErrBadSignature},
	} {
		if err := catalogue.Verify([]byte(tt.data), tt.signature, tt.keys...); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if k, err := catalogue.ParseKey(a.Public().String() + "\n"); err != nil || k != a.Public() || k.ID() != "0000000000030201" {
		t.Errorf("ParseKey = %v %s, %v", k, k.ID(), err)
	}
	if _, err := catalogue.ParseKey("untrusted comment: minisign public key"); err == nil {
		t.Error("a comment was taken for a key")
	}
}

func TestRestricted(t *testing.T) {
	const list = "secret.example\n"
	licensee := signer(1)
	dir := folder(t, map[string]string{
		"restricted/a-supplier.txt": list, "restricted/a-supplier.txt.minisig": licensee.Sign([]byte(list), "2026"),
		"restricted/b.sha256.txt": "", "restricted/c.hmac-sha256.key=abc.txt": "",
		"restricted/d.hmac-sha256.txt": "", "restricted/d.hmac-sha256.key": " the key\n",
		"restricted/e.csv": "added;\"URL\";why\n", "restricted/README.md": "", "games/f.csv": "one,two\n",
		"games/g.sha256.txt": "", // by its name alone nothing of a category is hashed
	})
	type row struct {
		id, format, secret string
		hashed, licensed   bool
	}
	want := []row{
		{id: "games/f.csv"},
		{id: "games/g.sha256.txt"},
		{id: "restricted/3", licensed: true},
		{id: "restricted/4", hashed: true},
		{id: "restricted/5", hashed: true, secret: "abc"},
		{id: "restricted/6", hashed: true, secret: "the key"},
		{id: "restricted/7", format: "csv:url"},
	}
	check := func(want []row, keys ...catalogue.Key) {
		t.Helper()
		all, err := catalogue.Folder(dir, keys...)
		if err != nil {
			t.Fatal(err)
		}
		var got []row
		for _, s := range all {
			got = append(got, row{s.ID, s.Format, string(s.Secret), s.Hashed, s.Licensed})
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	check(want, signer(2).Public(), licensee.Public())
	want[2].licensed = false // where no licence is held, all of it is a sample
	check(want)
}

// TestLicensedHeld: what was verified is what is read, whatever becomes of the
// file in between.
func TestLicensedHeld(t *testing.T) {
	const list = "secret.example\n"
	dir := folder(t, map[string]string{"restricted/a.txt": list, "restricted/a.txt.minisig": signer(1).Sign([]byte(list), "")})
	all, err := catalogue.Folder(dir, signer(1).Public())
	if err != nil || len(all) != 1 || !all[0].Licensed {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "restricted", "a.txt"), []byte("everything.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := reads(t, all[0].Files, all[0].Path); got != list {
		t.Errorf("read %q, want what was verified", got)
	}
	if info, err := fs.Stat(all[0].Files, all[0].Path); err != nil || info.Size() != int64(len(list)) {
		t.Errorf("%v, %v", info, err)
	}
}

// TestBadRestricted: one clear error, which does not name the file.
func TestBadRestricted(t *testing.T) {
	const list = "secret.example\n"
	for _, tt := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{"restricted/supplier.hmac-sha256.txt": ""}, "ending in .key"},
		{map[string]string{"restricted/supplier.txt": list, "restricted/supplier.txt.minisig": signer(2).Sign([]byte(list), "")}, "does not know"},
		{map[string]string{"restricted/supplier.txt": list, "restricted/supplier.txt.minisig": signer(1).Sign([]byte("other"), "")}, "does not fit"},
	} {
		_, err := catalogue.Folder(folder(t, tt.files), signer(1).Public())
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "supplier") {
			t.Errorf("%v, want an error with %q and without the file's name", err, tt.want)
		}
	}
}
