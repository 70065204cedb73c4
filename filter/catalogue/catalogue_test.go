package catalogue_test

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
)

func content() fstest.MapFS {
	return texts(map[string]string{
		"bundles/room.toml": `id = "room"
title = "Room"
for = "lessons"
status = "verified"
verified_on = 2026-11-21
source = "https://room.example/help"
[[names]]
name = "Room.example"
why = "meetings"
[[names]]
name = "video.example"
why = "the video itself"
[[names]]
name = "api.big.example"
why = "sign-in"
exact = true
`,
		"services/plumbing.toml": `[[groups]]
id = "portal"
title = "Portals"
why = "to get online"
names = ["home.arpa"]
exact = ["portal.example"]
`,
		"services/sensitive.toml": `[[groups]]
id = "support"
title = "Support"
why = "support"
names = ["support.example"]
`,
		"lists/safesearch.toml": `[[engines]]
id = "tube"
title = "Tube"
hosts = ["www.tube.example"]
target = "strict.tube.example"
moderate = "moderate.tube.example"
addresses = ["192.0.2.1"]
[[engines]]
id = "search"
title = "Search"
hosts = ["search.example"]
target = "safe.search.example"
moderate = ""
[unsafe]
why = "no switch"
names = ["wild.example"]
`,
		"lists/testnames.tsv": "# names\ngames\tgames.test.invalid\nrestricted\trestricted.test.invalid\n",
		"lists/keep.tsv":      "# kept\nbig.example\t-\nwell.known.example\tsocial-media, games # two\n",
		"lists/streaming.txt": "# streaming\n\n## Video\nvideo.example\nfull:www.tube.example\n\n## Films\nfilms.example # all of it\n",
		"lists/games.txt":     "## Game\ngame.example\n",
		"lists/catalogue.toml": `version = 1
[[lists]]
id = "adult"
title = "Adult"
category = "pornography"
publisher = "somebody"
licence = "MIT"
bundle = true
homepage = "https://lists.example"
url = "https://lists.example/adult"
format = "plain"
size = 3600000
names = 220000
default = true
notes = ""
`,
	})
}

func texts(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestContent(t *testing.T) {
	protected := []filter.Name{"childline.example"}
	got, err := catalogue.Content(content(), protected)
	if err != nil {
		t.Fatal(err)
	}
	want := filter.Content{
		Protected:  protected,
		Sensitive:  []filter.Name{"support.example"},
		Plumbing:   []filter.Name{"home.arpa"},
		PlumbExact: []filter.Name{"portal.example"},
		Bundles: []filter.Bundle{{
			ID: "room", Title: "Room", Names: []filter.Name{"room.example", "video.example"},
			Exact: []filter.Name{"api.big.example"}, Why: []string{"meetings", "the video itself", "sign-in"},
		}},
		Engines: []filter.Engine{
			{
				ID: "tube", Hosts: []filter.Name{"www.tube.example"}, Target: "strict.tube.example", Moderate: "moderate.tube.example",
				Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")},
			},
			{ID: "search", Hosts: []filter.Name{"search.example"}, Target: "safe.search.example"},
		},
		Unsafe: []filter.Name{"wild.example"},
		Tests: map[filter.Name]filter.Categories{
			"games.test.invalid": filter.CategoriesOf(filter.Games), "restricted.test.invalid": filter.Restricted,
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestBadContent: each mistake in a file is one error that names the file and
// what is wrong.
func TestBadContent(t *testing.T) {
	for _, tt := range []struct{ path, text, want string }{
		{"bundles/room.toml", "id = \"hall\"\ntitle = \"x\"\n", "bundles/room.toml: a bundle has the id"},
		{"bundles/room.toml", "id = \"room\"\ntitel = \"x\"\n", "titel"},
		{"services/plumbing.toml", "[[groups]]\nnames = [\"two words\"]\n", "services/plumbing.toml"},
		{"services/sensitive.toml", "[[groups]]\nexact = [\"a.example\"]\n", "a.example is marked exact"},
		{"lists/safesearch.toml", "[[engines]]\nid = \"x\"\nhosts = [\"a.example\"]\n", `engine "x" has no id, no hosts or no target`},
		{"lists/testnames.tsv", "games games.test.invalid\n", "lists/testnames.tsv: line 1: two columns"},
		{"lists/testnames.tsv", "\ngame\tgames.test.invalid\n", `line 2: unknown category "game"`},
	} {
		fsys := content()
		fsys[tt.path] = &fstest.MapFile{Data: []byte(tt.text)}
		if _, err := catalogue.Content(fsys, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s with %q: %v, want an error with %q", tt.path, tt.text, err, tt.want)
		}
	}
	for path := range content() {
		if strings.HasSuffix(path, ".txt") || strings.HasSuffix(path, "keep.tsv") || strings.HasSuffix(path, "catalogue.toml") {
			continue
		}
		fsys := content()
		delete(fsys, path)
		if _, err := catalogue.Content(fsys, nil); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %s: %v, want ErrNotExist", path, err)
		}
	}
}

func TestKeep(t *testing.T) {
	c, err := catalogue.Content(content(), []filter.Name{"childline.example"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := catalogue.Keep(content(), c)
	if err != nil {
		t.Fatal(err)
	}
	want := []filter.Kept{
		{Name: "api.big.example", Alone: true},
		{Name: "big.example"},
		{Name: "childline.example"},
		{Name: "home.arpa", Alone: true},
		{Name: "portal.example", Alone: true},
		{Name: "room.example", Alone: true},
		{Name: "video.example", May: filter.CategoriesOf(filter.Streaming), Alone: true}, // a starter list means to close it
		{Name: "well.known.example", May: filter.CategoriesOf(filter.SocialMedia, filter.Games)},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestStarter(t *testing.T) {
	got, err := catalogue.Starter(content())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].ID != "starter-games" || got[1].Category != filter.Streaming || got[1].Services != 2 || got[1].Path != "lists/streaming.txt" {
		t.Errorf("%+v", got)
	}
	fsys := content()
	fsys["lists/gmaes.txt"] = &fstest.MapFile{}
	if _, err := catalogue.Starter(fsys); err == nil || !strings.Contains(err.Error(), "gmaes.txt") || !strings.Contains(err.Error(), "games,") {
		t.Errorf("an unknown category: %v", err)
	}
}

func TestCatalogue(t *testing.T) {
	got, err := catalogue.Catalogue(content())
	if err != nil {
		t.Fatal(err)
	}
	want := []catalogue.Published{{
		ID: "adult", Title: "Adult", Category: filter.Pornography, Publisher: "somebody", Licence: "MIT", Bundle: true,
		Homepage: "https://lists.example", URL: "https://lists.example/adult", Format: "plain", Size: 3600000, Names: 220000, Default: true,
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for _, change := range [][2]string{
		{"version = 1", "version = 2"}, {`id = "adult"`, `id = ""`}, {`url = "https`, `url = "http`}, {`"pornography"`, `"porn"`},
	} {
		fsys := content()
		file := fsys["lists/catalogue.toml"]
		file.Data = []byte(strings.Replace(string(file.Data), change[0], change[1], 1))
		if _, err := catalogue.Catalogue(fsys); err == nil || !strings.Contains(err.Error(), "lists/catalogue.toml") {
			t.Errorf("with %s: %v", change[1], err)
		}
	}
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFolder(t *testing.T) {
	dir := folder(t, map[string]string{
		"README.md": "", "_formats/odd": "", ".git/config": "",
		"games/v2fly__data_all": "include:steam\ninclude:none\ninclude:../piracy/list\n", "games/v2fly__data_steam": "steam.example\n", "games/SOURCES": "",
		"piracy/list": "", "piracy/ut1__warez_domains": "", "piracy/ut1__warez_urls": "", "piracy/ut1__warez_usage": "black\n",
		"streaming/child_domains": "", "streaming/child_usage": "white\nchildren\n", "streaming/deep/list": "",
		"streaming/radio/domains": "", "streaming/radio/urls": "", "streaming/radio/usage": "black\nwhite\n", "streaming/_old/list": "",
		"streaming/white/domains": "", "streaming/white/usage": "white\n",
		"restricted/secret-supplier.txt": "",
	})
	all, err := catalogue.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]filter.Category{}
	for _, s := range all {
		if s.Restricted != strings.HasPrefix(s.ID, "restricted/") || strings.Contains(s.ID+s.Title, "secret") {
			t.Errorf("%+v", s)
		}
		got[s.ID] = s.Category
	}
	want := map[string]filter.Category{
		"games/v2fly__data_all": filter.Games, "games/v2fly__data_steam": filter.Games, "piracy/list": filter.Piracy,
		"piracy/ut1__warez_domains": filter.Piracy, "restricted/5": 0,
		"streaming/deep/list": filter.Streaming, "streaming/radio/domains": filter.Streaming,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	steam, err := all[0].Include("steam")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = steam.Close() }()
	if text, _ := io.ReadAll(steam); string(text) != "steam.example\n" {
		t.Errorf("included %q", text)
	}
	for _, name := range []string{"none", "../piracy/list", `..\piracy\list`, ".."} {
		if _, err := all[0].Include(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Include(%q) = %v, want ErrNotExist", name, err)
		}
	}
}

// TestAt: one list, or the lists of a folder, are those that the service would
// read.
func TestAt(t *testing.T) {
	dir := folder(t, map[string]string{
		"table.csv": "date,Host\n", "all": "include:steam\n", "steam": "steam.example\n",
		"ut1/adult/domains": "", "ut1/adult/urls": "", "ut1/adult/usage": "black\n",
		"ut1/child/domains": "", "ut1/child/usage": "white\n", "ut1/README": "", "none/README": "",
	})
	for name, want := range map[string]string{
		"table.csv": "table.csv csv:host", "all": "all ", "ut1/adult": "domains ", "ut1": "adult/domains ", "ut1/adult/urls": "urls ",
	} {
		all, err := catalogue.At(filepath.Join(dir, name))
		if err != nil || len(all) != 1 {
			t.Fatalf("%s: %+v, %v, want one list", name, all, err)
		}
		if got := all[0].Path + " " + all[0].Format; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	all, err := catalogue.At(filepath.Join(dir, "all"))
	if err != nil {
		t.Fatal(err)
	}
	steam, err := all[0].Include("steam")
	if err != nil {
		t.Fatal(err)
	}
	_ = steam.Close()
	for name, want := range map[string]string{"missing": "missing", "none": "there is no list in it", "ut1/child": "there is no list in it"} {
		if all, err := catalogue.At(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v, want %q", name, all, err, want)
		}
	}
}

func TestBadFolder(t *testing.T) {
	if _, err := catalogue.Folder(folder(t, map[string]string{"porn/list": ""})); err == nil ||
		!strings.Contains(err.Error(), `"porn"`) || !strings.Contains(err.Error(), "pornography, gambling") {
		t.Errorf("an unknown folder: %v", err)
	}
	if _, err := catalogue.Folder(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such folder: %v", err)
	}
}

// TestShipped: what ships is read without complaint.
func TestShipped(t *testing.T) {
	shipped := catalogue.Files{assets.Lists, assets.Bundles, assets.Services}
	c, err := catalogue.Content(shipped, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Bundles) < 20 || len(c.Plumbing) == 0 || len(c.Sensitive) == 0 || len(c.Engines) < 5 || len(c.Unsafe) == 0 {
		t.Errorf("%d bundles, %d plumbing, %d sensitive, %d engines, %d unsafe: too few", len(c.Bundles), len(c.Plumbing), len(c.Sensitive), len(c.Engines), len(c.Unsafe))
	}
	if len(c.Tests) != int(filter.NumCategories)+1 {
		t.Errorf("%d test names, want one a category and one for restricted lists", len(c.Tests))
	}
	if kept, err := catalogue.Keep(shipped, c); err != nil || len(kept) < 1000 {
		t.Errorf("%d kept, %v", len(kept), err)
	}
	starters, err := catalogue.Starter(shipped)
	if err != nil || len(starters) != int(filter.NumCategories) {
		t.Errorf("%d starter lists, %v", len(starters), err)
	}
	for _, s := range starters {
		if s.Services == 0 {
			t.Errorf("%s names no service", s.ID)
		}
	}
	if all, err := catalogue.Catalogue(shipped); err != nil || len(all) < 50 {
		t.Errorf("%d published lists, %v", len(all), err)
	}
}

// TestNothingIsNamedAfterTheIWF: its list is licensed, and under no name of ours is
// a family to take another list for it: by no file, id or title of what ships, of
// a list that is fetched, of a test name, or of a restricted list such as a sample.
func TestNothingIsNamedAfterTheIWF(t *testing.T) {
	shipped := catalogue.Files{assets.Lists, assets.Bundles, assets.Services}
	var names []string
	err := fs.WalkDir(assets.Lists, ".", func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	starters, err := catalogue.Starter(shipped)
	if err != nil {
		t.Fatal(err)
	}
	sample := folder(t, map[string]string{"restricted/iwf/IWF_list.txt": "bad.test\n", "restricted/internet-watch-foundation.sha256.txt": ""})
	samples, err := catalogue.Folder(sample)
	if err != nil || len(samples) != 2 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for _, s := range append(starters, samples...) {
		names = append(names, s.ID, s.Title)
	}
	published, err := catalogue.Catalogue(shipped)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range published {
		names = append(names, l.ID, l.Title, l.Publisher, l.Notes)
	}
	content, err := catalogue.Content(shipped, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range content.Tests {
		names = append(names, string(n))
	}
	for _, c := range filter.Categories(1<<filter.NumCategories - 1).List() {
		names = append(names, c.String())
	}
	for _, name := range names {
		if namesIWF(name) {
			t.Errorf("%q is named after the IWF", name)
		}
	}
	for name, want := range map[string]bool{
		"iwf": true, "IWF-style": true, "starter-iwf": true, "Iwf list": true, "iwf_urls.txt": true, "InternetWatchFoundation": true,
		"internet watch foundation": true, "INTERNET-WATCH list": true, "restricted list": false, "internet services": false,
	} {
		if got := namesIWF(name); got != want {
			t.Errorf("namesIWF(%q) = %v, want %v", name, got, want)
		}
	}
}

// namesIWF reports whether a name has the IWF's in it, however it is written.
func namesIWF(name string) bool {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	return strings.Contains(letters, "iwf") || strings.Contains(letters, "internetwatch")
}
