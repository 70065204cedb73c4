package lists_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"lessonguard/filter/lists"
)

func TestReadDigests(t *testing.T) {
	digest := sha256.Sum256([]byte("a.example"))
	line := hex.EncodeToString(digest[:])
	for _, tt := range []struct {
		name, text             string
		entries, lines, failed int
		err                    error
	}{
		{name: "empty"},
		{name: "comments, upper case and no last end of line", text: "# made 2026\r\n\r\n" + line + "\r\n" + strings.ToUpper(line), entries: 2, lines: 4},
		{name: "a name among them", text: line + "\nsecret.example\n" + line[1:] + "\n", entries: 1, lines: 3, failed: 2},
		{name: "a line without an end", text: line + "\n" + strings.Repeat("a", 10_000) + "\n" + line, entries: 2, lines: 3, failed: 1},
		{name: "no digests", text: "secret.example\n", lines: 1, failed: 1, err: lists.ErrNoDigests},
		{name: "a web page", text: "<!DOCTYPE html>\n", lines: 1, err: lists.ErrWebPage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			entries := 0
			sum, err := lists.ReadDigests(strings.NewReader(tt.text), lists.Config{Name: "restricted list"}, func(got [sha256.Size]byte) {
				if entries++; got != digest {
					t.Errorf("digest %x", got)
				}
			})
			if !errors.Is(err, tt.err) || err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("%v, want %v", err, tt.err)
			}
			if entries != tt.entries || sum.Entries != tt.entries || sum.Lines != tt.lines || sum.SkippedAll() != tt.failed || sum.Bytes != int64(len(tt.text)) && err == nil {
				t.Errorf("%d entries, %+v", entries, sum)
			}
		})
	}
	_, err := lists.ReadDigests(strings.NewReader(strings.Repeat(line+"\n", 100)), lists.Config{Limits: lists.Limits{Unpacked: 1000}}, func([sha256.Size]byte) {})
	if !errors.Is(err, lists.ErrTooLarge) {
		t.Errorf("a large list: %v, want ErrTooLarge", err)
	}
}

// TestPages: entries about a page are counted, and never widened to its host.
func TestPages(t *testing.T) {
	urls := []string{
		"http://bad-one.test/", "http://bad-one.test/gallery/1.html", "https://www.bad-two.test/", "http://host.example.test/path/a?id=1",
		"https://sub.host.test:8443/x", "HTTP://UPPER.test/Path", "http://192.0.2.7/x", "http://[2001:db8::7]/x", "https://b\u00fccher.test/pfad",
		"http://trailing.test./", "http://user:pw@cred.test/", "bad-noscheme.test/only/path", "bad-three.test",
	}
	const want = "bad-one.test www.bad-two.test trailing.test cred.test bad-three.test"
	for _, tt := range []struct{ format, text string }{
		{"", strings.Join(urls, "\n")},
		{"csv:url", "added,url\n2026-08-01," + strings.Join(urls, "\n2026-08-01,") + "\n"},
	} {
		got, sum, err := read(t, tt.text, lists.Config{Format: format(t, tt.format)})
		if err != nil || got != want || sum.Pages() != 8 || sum.Entries+sum.Pages() != len(urls) {
			t.Errorf("%s: %q, %d pages, %v", tt.format, got, sum.Pages(), err)
		}
	}
}

// FuzzReadDigests: whatever comes, each line is counted once, as an entry, as
// skipped or as nothing.
func FuzzReadDigests(f *testing.F) {
	f.Add([]byte("# x\n" + strings.Repeat("0a", 32) + "\n\nname.example"))
	f.Add([]byte(strings.Repeat("x", 9000) + "\n" + strings.Repeat("FF", 32)))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries := 0
		sum, err := lists.ReadDigests(strings.NewReader(string(data)), lists.Config{}, func([sha256.Size]byte) { entries++ })
		if entries != sum.Entries || entries+sum.SkippedAll() > sum.Lines || err == nil && sum.Bytes != int64(len(data)) {
			t.Errorf("%d entries, %+v, %v", entries, sum, err)
		}
	})
}
