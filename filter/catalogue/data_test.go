package catalogue_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lessonguard/assets"
	"lessonguard/filter/catalogue"
)

const childline = `id = "childline"
name = "Childline"
audience = ["learner", "guardian"]
topics = ["hurt", "other"]
ages = { from = 0, to = 18 }
phone = "0800 1111"
url = "https://www.childline.example/"
notes = ["It is free."]
protected = ["childline.example"]
`

func shippedData() fstest.MapFS {
	return texts(map[string]string{
		"services/childline.toml": childline,
		"services/ceop.toml":      "id = \"ceop\"\nurl = \"https://ceop.example/\"\nprotected = [\"ceop.example\"]\n",
		"services/emergency.toml": "id = \"emergency\"\nphone = \"999\"\nurgent = true\n",
		"services/other.toml":     "id = \"other\"\n",
		"services/protected.toml": "[[groups]]\ntitle = \"Police\"\nnames = [\"police.example\"]\n",
		"profiles/tutor.toml":     "id = \"tutor\"\n",
		"lists/catalogue.toml":    "version = 1\n",
		"lists/keep.tsv":          "kept.example\t-\n",
		"bundles/room.toml":       "id = \"room\"\n",
	})
}

var made = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// data returns data of a version, with changes made to what ships; "" removes.
func data(t testing.TB, version int, changes map[string]string) catalogue.Data {
	t.Helper()
	d, err := catalogue.NewData(shippedData(), version, made, made.AddDate(0, 3, 0))
	if err != nil {
		t.Fatal(err)
	}
	for p, text := range changes {
		if d.Files[p] = text; text == "" {
			delete(d.Files, p)
			d.Removed = append(d.Removed, p)
		}
	}
	return d
}

func sign(t testing.TB, d catalogue.Data, s catalogue.Signer) []byte {
	t.Helper()
	file, err := d.Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func dataConfig(t testing.TB) catalogue.DataConfig {
	return catalogue.DataConfig{
		Path: filepath.Join(t.TempDir(), "data"), Shipped: shippedData(), Version: 5,
		Keys: []catalogue.Key{signer(1).Public(), signer(2).Public()}, Now: made.AddDate(0, 1, 0),
	}
}

func reads(t testing.TB, fsys fs.FS, name string) string {
	t.Helper()
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return ""
	}
	return string(text)
}

func TestData(t *testing.T) {
	c := dataConfig(t)
	if k, err := catalogue.OpenData(c); err != nil || k.Version != 5 || k.Updated || reads(t, k, "services/other.toml") == "" {
		t.Fatalf("without a file: %+v, %v", k, err)
	}
	d := data(t, 6, map[string]string{
		"services/childline.toml": strings.Replace(childline, "0800 1111", "0800 2222", 1) + "hours = \"always\"\n",
		"services/other.toml":     "", "services/new.toml": "id = \"new\"\n", "lists/catalogue.toml": "version = 1\n# newer\n",
	})
	d.Revoked = []string{"old key"}
	installed, err := catalogue.InstallData(c, sign(t, d, signer(2)))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := catalogue.OpenData(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []catalogue.Known{installed, opened} {
		if k.Version != 6 || !k.Updated || !slices.Equal(k.Revoked, []string{"old key"}) {
			t.Errorf("%d %v %v", k.Version, k.Updated, k.Revoked)
		}
		for name, want := range map[string]string{
			"services/childline.toml": "0800 2222", "services/ceop.toml": "ceop", "services/new.toml": "new", "lists/catalogue.toml": "newer",
			"lists/keep.tsv": "kept.example", "bundles/room.toml": "room", "profiles/tutor.toml": "tutor",
		} {
			if got := reads(t, k, name); !strings.Contains(got, want) {
				t.Errorf("%s holds %q, want %q in it", name, got, want)
			}
		}
		paths, err := fs.Glob(k, "services/*.toml")
		want := []string{"services/ceop.toml", "services/childline.toml", "services/emergency.toml", "services/new.toml", "services/protected.toml"}
		if err != nil || !slices.Equal(paths, want) {
			t.Errorf("services %v, %v, want %v", paths, err, want)
		}
	}
}

// TestDataRefused: what is wrong with a file leaves what ships in force, both
// when it arrives and when it is found on the disk.
func TestDataRefused(t *testing.T) {
	good := func(int) catalogue.Data { return data(t, 6, nil) }
	with := func(path, text string) catalogue.Data { return data(t, 6, map[string]string{path: text}) }
	for _, tt := range []struct {
		name   string
		data   catalogue.Data
		signer catalogue.Signer
		change func(file []byte) []byte
		want   error
	}{
		{"by an unknown key", good(0), signer(3), nil, catalogue.ErrUnknownKey},
		{"changed", good(0), signer(1), func(b []byte) []byte { b[len(b)-20] ^= 1; return b }, catalogue.ErrBadSignature},
		{"cut short", good(0), signer(1), func(b []byte) []byte { return b[:len(b)-20] }, catalogue.ErrBadSignature},
		{"cut shorter", good(0), signer(1), func(b []byte) []byte { return b[:100] }, catalogue.ErrBadData},
		{"empty", good(0), signer(1), func([]byte) []byte { return nil }, catalogue.ErrBadData},
		{"a web page", good(0), signer(1), func([]byte) []byte { return []byte(strings.Repeat("<html>\n", 9)) }, catalogue.ErrBadSignature},
		{"expired", func() catalogue.Data { d := good(0); d.Expires = made.AddDate(0, 0, 1); return d }(), signer(1), nil, catalogue.ErrExpired},
		{"of another kind", func() catalogue.Data { d := good(0); d.Kind = "profile"; return d }(), signer(1), nil, catalogue.ErrBadData},
		{"by a key that it revokes", func() catalogue.Data { d := good(0); d.Revoked = []string{signer(1).Public().ID()}; return d }(), signer(1), nil, catalogue.ErrRevoked},
		{"with a file of its own", with("services/../x.toml", "a = 1"), signer(1), nil, catalogue.ErrBadData},
		{"with a starter list", with("lists/games.txt", "a = 1"), signer(1), nil, catalogue.ErrBadData},
		{"with no TOML", with("services/other.toml", "id ="), signer(1), nil, catalogue.ErrBadData},
		{"without Childline", with("services/childline.toml", ""), signer(1), nil, catalogue.ErrHelpGone},
		{"without CEOP", with("services/ceop.toml", ""), signer(1), nil, catalogue.ErrHelpGone},
		{"without 999", with("services/emergency.toml", ""), signer(1), nil, catalogue.ErrHelpGone},
		{"without the names that are protected", with("services/protected.toml", ""), signer(1), nil, catalogue.ErrHelpGone},
		{"with fewer names that are protected", with("services/protected.toml", "groups = []"), signer(1), nil, catalogue.ErrHelpGone},
		{"with another in its place", with("services/ceop.toml", "id = \"other\"\nurl = \"https://ceop.example/\"\nprotected = [\"ceop.example\"]\n"), signer(1), nil, catalogue.ErrHelpGone},
		{"with Childline closed", with("services/childline.toml", strings.Replace(childline, "childline.example\"]", "elsewhere.example\"]", 1)), signer(1), nil, catalogue.ErrHelpGone},
		{"with Childline not for learners", with("services/childline.toml", strings.Replace(childline, `"learner", `, "", 1)), signer(1), nil, catalogue.ErrHelpGone},
		{"with Childline for fewer ages", with("services/childline.toml", strings.Replace(childline, "to = 18", "to = 1", 1)), signer(1), nil, catalogue.ErrHelpGone},
		{"with Childline without a number", with("services/childline.toml", strings.Replace(childline, "0800 1111", " ", 1)), signer(1), nil, catalogue.ErrHelpGone},
		{"with Childline without its page", with("services/childline.toml", strings.Replace(childline, "https:", "http:", 1)), signer(1), nil, catalogue.ErrHelpGone},
		{"with 999 not urgent", with("services/emergency.toml", "id = \"emergency\"\nphone = \"999\"\n"), signer(1), nil, catalogue.ErrHelpGone},
		{"that does not read", with("services/other.toml", "id = \"bad\""), signer(1), nil, catalogue.ErrBadData},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := dataConfig(t)
			c.Check = func(fsys fs.FS) error {
				if strings.Contains(reads(t, fsys, "services/other.toml"), "bad") {
					return errors.New("it makes no sense")
				}
				return nil
			}
			file := sign(t, tt.data, tt.signer)
			if tt.change != nil {
				file = tt.change(file)
			}
			k, err := catalogue.InstallData(c, file)
			if !errors.Is(err, tt.want) || k.Version != 5 || k.Updated || reads(t, k, "services/childline.toml") != childline {
				t.Errorf("InstallData = %+v, %v, want %v", k, err, tt.want)
			}
			if _, err := os.Stat(c.Path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it is on the disk: %v", err)
			}
			if err := os.WriteFile(c.Path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			if k, err := catalogue.OpenData(c); !errors.Is(err, tt.want) || k.Version != 5 || k.Updated || reads(t, k, "services/childline.toml") != childline {
				t.Errorf("OpenData = %+v, %v, want %v", k, err, tt.want)
			}
		})
	}
}

// TestDataRollback: no version comes back once there was a newer one, whatever
// became of that.
func TestDataRollback(t *testing.T) {
	c := dataConfig(t)
	install := func(version int) error {
		_, err := catalogue.InstallData(c, sign(t, data(t, version, nil), signer(1)))
		return err
	}
	for _, step := range []struct {
		version int
		want    error
	}{
		{5, catalogue.ErrRollback}, {4, catalogue.ErrRollback}, {8, nil}, {8, catalogue.ErrRollback}, {7, catalogue.ErrRollback}, {9, nil},
	} {
		if err := install(step.version); !errors.Is(err, step.want) {
			t.Errorf("version %d: %v, want %v", step.version, err, step.want)
		}
	}
	if err := os.WriteFile(c.Path, sign(t, data(t, 8, nil), signer(1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if k, err := catalogue.OpenData(c); !errors.Is(err, catalogue.ErrRollback) || k.Version != 5 {
		t.Errorf("put back by hand: %d, %v", k.Version, err)
	}
	if err := os.WriteFile(c.Path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := install(8); !errors.Is(err, catalogue.ErrRollback) {
		t.Errorf("after the newest was damaged: %v", err)
	}
	if err := install(10); err != nil {
		t.Errorf("after the newest was damaged: %v", err)
	}

	c.Version = 10 // a newer program
	if k, err := catalogue.OpenData(c); err != nil || k.Version != 10 || k.Updated {
		t.Errorf("data that is no newer than what ships: %d %v, %v", k.Version, k.Updated, err)
	}
}

// TestDataRevoked: a key that was revoked signs nothing any more, and stays
// revoked when what revoked it has expired.
func TestDataRevoked(t *testing.T) {
	c := dataConfig(t)
	d := data(t, 6, nil)
	d.Revoked = []string{signer(1).Public().ID()}
	if _, err := catalogue.InstallData(c, sign(t, d, signer(2))); err != nil {
		t.Fatal(err)
	}
	if _, err := catalogue.InstallData(c, sign(t, data(t, 7, nil), signer(1))); !errors.Is(err, catalogue.ErrRevoked) {
		t.Errorf("signed with a revoked key: %v", err)
	}
	c.Now = made.AddDate(1, 0, 0)
	if k, err := catalogue.OpenData(c); !errors.Is(err, catalogue.ErrExpired) || !slices.Equal(k.Revoked, d.Revoked) || k.Updated {
		t.Errorf("expired: %+v, %v", k.Revoked, err)
	}
	c.Now = made
	if _, err := catalogue.InstallData(c, sign(t, data(t, 8, nil), signer(2))); err != nil {
		t.Fatal(err)
	}
	stolen := sign(t, data(t, 9, nil), signer(1))
	if _, err := catalogue.InstallData(c, stolen); !errors.Is(err, catalogue.ErrRevoked) {
		t.Errorf("signed with a revoked key, after data that no longer says so: %v", err)
	}
	if err := os.Remove(c.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := catalogue.InstallData(c, stolen); !errors.Is(err, catalogue.ErrRevoked) {
		t.Errorf("signed with a revoked key, where there is no data: %v", err)
	}
	if _, err := catalogue.InstallData(c, sign(t, data(t, 9, nil), signer(2))); err != nil {
		t.Fatal(err)
	}
	c.Revoked = []string{signer(2).Public().ID()} // a newer program does not trust it
	if k, err := catalogue.OpenData(c); !errors.Is(err, catalogue.ErrRevoked) || k.Updated {
		t.Errorf("signed with a key that a newer program does not trust: %v", err)
	}
}

// TestShippedAsData: what ships can be released as data, and read as before.
func TestShippedAsData(t *testing.T) {
	shipped := catalogue.Files{assets.Lists, assets.Bundles, assets.Services, assets.Profiles}
	d, err := catalogue.NewData(shipped, catalogue.BuiltIn+1, made, made.AddDate(0, 3, 0))
	if err != nil {
		t.Fatal(err)
	}
	c := dataConfig(t)
	c.Shipped, c.Version = shipped, catalogue.BuiltIn
	k, err := catalogue.InstallData(c, sign(t, d, signer(1)))
	if err != nil {
		t.Fatal(err)
	}
	content, err := catalogue.Content(k, nil)
	if err != nil || len(content.Bundles) < 20 {
		t.Errorf("%d bundles, %v", len(content.Bundles), err)
	}
	if all, err := catalogue.Starter(k); err != nil || len(all) < 10 {
		t.Errorf("%d starter lists, %v", len(all), err)
	}
	if all, err := catalogue.Catalogue(k); err != nil || len(all) < 50 {
		t.Errorf("%d published lists, %v", len(all), err)
	}
}

// TestPinnedKeys: the files of keys that ship can be read. A key in one of them
// is one whose other half somebody holds: no test adds any.
func TestPinnedKeys(t *testing.T) {
	for _, path := range []string{catalogue.ReleaseKeys, catalogue.Licensees} {
		if _, err := catalogue.PinnedKeys(assets.Keys, path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	one, two := signer(1).Public(), signer(2).Public()
	files := texts(map[string]string{
		"good": "# a comment\n\n" + one.String() + "\n  " + two.String() + "  \r\n# another",
		"bad":  one.String() + "\nnot a key\n",
	})
	if keys, err := catalogue.PinnedKeys(files, "good"); err != nil || !slices.Equal(keys, []catalogue.Key{one, two}) {
		t.Errorf("keys %v, %v", keys, err)
	}
	for _, path := range []string{"bad", "missing"} {
		if _, err := catalogue.PinnedKeys(files, path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want an error that names it", path, err)
		}
	}
}

// FuzzData: whatever is signed, and whatever is not, is taken only whole, and
// never takes help away.
func FuzzData(f *testing.F) {
	c := dataConfig(f)
	for _, d := range []catalogue.Data{data(f, 6, nil), data(f, 7, map[string]string{"services/other.toml": "", "profiles/new.toml": "id = \"new\"\n"})} {
		text, err := json.Marshal(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, true)
		f.Add(sign(f, d, signer(1)), false)
	}
	f.Fuzz(func(t *testing.T, file []byte, signed bool) {
		if signed {
			file = append([]byte(signer(1).Sign(file, "fuzzed")), file...)
		}
		d, err := catalogue.ParseData(file, c.Keys, nil)
		if err != nil {
			return
		}
		if d.Version < 1 || !d.Made.Before(d.Expires) {
			t.Errorf("taken: version %d, made %v, expires %v", d.Version, d.Made, d.Expires)
		}
		c := c
		c.Path = filepath.Join(t.TempDir(), "data")
		known, err := catalogue.InstallData(c, file)
		if (err == nil) != known.Updated {
			t.Errorf("updated %v with %v", known.Updated, err)
		}
		for _, p := range []string{"services/childline.toml", "services/ceop.toml", "services/emergency.toml", "services/protected.toml"} {
			if reads(t, known, p) == "" {
				t.Errorf("%s is gone", p)
			}
		}
	})
}
