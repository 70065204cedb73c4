package directory_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lessonguard/assets"
	"lessonguard/resources/directory"
)

// host finds the names of hosts in what people read.
var host = regexp.MustCompile(`(?i)([a-z0-9-]+\.)+(uk|com|org|net|info|wales|cymru|scot|lgbt)\b`)

// notHelp are the hosts that screens name for other ends than help: a resolver
// that a guardian may choose, where a tutor complains about data, and how a name
// is typed.
var notHelp = []string{"family.cloudflare-dns.com", "ico.org.uk", "bbc.co.uk", "example.org"}

// TestNamedIsProtected: whatever address a screen, an agreement or a service
// gives somebody who needs help, it opens in a lesson too and is noted nowhere.
func TestNamedIsProtected(t *testing.T) {
	all := shipped(t)
	protected, err := directory.Protected(assets.Services, all)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]string{} // host: where
	note := func(where, text string) {
		for _, h := range host.FindAllString(text, -1) {
			named[strings.ToLower(h)] = where
		}
	}
	for _, s := range all {
		note(s.ID, strings.Join(slices.Concat([]string{s.Summary, s.SummaryCy, s.URL, s.Chat, s.Email}, s.Notes, s.NotesCy), "\n"))
	}
	for _, files := range []fs.FS{assets.Translations, assets.Agreements, assets.Privacy} {
		err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			text := string(data)
			if path.Ext(name) == ".json" {
				var words map[string]string
				if err := json.Unmarshal(data, &words); err != nil {
					return err
				}
				text = strings.Join(slices.Collect(maps.Values(words)), "\n") // not the keys
			}
			note(name, text)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, must := range []string{"999bsl.co.uk", "report.iwf.org.uk", "ceop.police.uk", "chat.womensaid.org.uk"} {
		if named[must] == "" {
			t.Errorf("%s is named nowhere: nothing was read", must)
		}
	}
	for _, h := range slices.Sorted(maps.Keys(named)) {
		under := func(p string) bool { return h == p || strings.HasSuffix(h, "."+p) }
		if !slices.Contains(notHelp, h) && !slices.ContainsFunc(protected, under) {
			t.Errorf("%s names %s, which is under no protected name", named[h], h)
		}
	}
}
