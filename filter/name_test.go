package filter_test

import (
	"bytes"
	"strings"
	"testing"

	"lessonguard/filter"
)

func TestParseName(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want filter.Name // empty: refused
	}{
		{"Example.COM.", "example.com"},
		{"bücher.example.com", "xn--bcher-kva.example.com"},
		{"xn--bcher-kva.example.com", "xn--bcher-kva.example.com"},
		{"straße.example", "xn--strae-oqa.example"}, // non-transitional
		{"bad_host.example.com", "bad_host.example.com"},
		{"_dns.resolver.arpa", "_dns.resolver.arpa"},
		{"", ""},
		{".", ""},
		{"example..com", ""},
		{"-example.com", ""},
		{"example.com/path", ""},
		{"*.example.com", ""},
		{strings.Repeat("a", 64) + ".com", ""},
		{strings.Repeat("a.", 127) + "com", ""},
	} {
		got, err := filter.ParseName(tt.in)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("ParseName(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestIsPublicSuffix(t *testing.T) {
	for n, want := range map[filter.Name]bool{"co.uk": true, "com": true, "github.io": true, "example.com": false, "bbc.co.uk": false} {
		if got := n.IsPublicSuffix(); got != want {
			t.Errorf("%s: %v, want %v", n, got, want)
		}
	}
}

func TestIsTopLevel(t *testing.T) {
	for n, want := range map[filter.Name]bool{"com": true, "uk": true, "example": false, "lan": false, "co.uk": false, "bbc.co.uk": false} {
		if got := n.IsTopLevel(); got != want {
			t.Errorf("%s: %v, want %v", n, got, want)
		}
	}
}

func TestIsPrivateTLD(t *testing.T) {
	for n, want := range map[filter.Name]bool{"lan": true, "bthub": true, "com": false, "arpa": false, "box": false, "co.uk": false, "github.io": false, "nas.lan": false} {
		if got := n.IsPrivateTLD(); got != want {
			t.Errorf("%s: %v, want %v", n, got, want)
		}
	}
}

// TestSuffixes: a name hashes alike from text and from the wire, whatever its
// case, and each suffix as the name that it is.
func TestSuffixes(t *testing.T) {
	var text, wire, parent filter.Suffixes
	key.Text("a.long-label-of-twenty.example.com", &text)
	n, ok := key.Wire([]byte("\x01A\x14Long-Label-OF-twenty\x07exAmple\x03com\x00\x00\x01"), &wire)
	if !ok || n != 36 {
		t.Fatalf("Wire = %d, %v", n, ok)
	}
	if text.Len() != 4 || wire.Len() != 4 {
		t.Fatalf("labels %d and %d, want 4", text.Len(), wire.Len())
	}
	for i, want := range []filter.Name{"com", "example.com", "long-label-of-twenty.example.com", "a.long-label-of-twenty.example.com"} {
		key.Text(want, &parent)
		if h := parent.Hash(i); h != text.Hash(i) || h != wire.Hash(i) {
			t.Errorf("hashes of %s differ", want)
		}
		if got := string(wire.Suffix(i)); got != string(want) {
			t.Errorf("suffix %d = %s, want %s", i, got, want)
		}
		if got := wire.Whole(i); got != (i == 3) {
			t.Errorf("Whole(%d) = %v", i, got)
		}
	}
	other := filter.NewHashKey([16]byte{9})
	other.Text("com", &parent)
	if parent.Hash(0) == text.Hash(0) {
		t.Error("another key gives the same hash")
	}
}

// TestDeepName: a name of very many labels is still decided by its last ones.
func TestDeepName(t *testing.T) {
	var deep, short filter.Suffixes
	key.Text(filter.Name(strings.Repeat("x.", 100)+"porn.example"), &deep)
	key.Text("porn.example", &short)
	if deep.Hash(1) != short.Hash(1) || deep.Whole(deep.Len()-1) {
		t.Error("the last labels of a deep name are not seen")
	}
}

func FuzzWire(f *testing.F) {
	f.Add([]byte("\x03www\x07example\x03com\x00"))
	f.Add([]byte("\x00"))
	f.Add([]byte("\x03a.b\x00"))
	f.Add(bytes.Repeat([]byte("\x01a"), 200))
	f.Fuzz(func(t *testing.T, msg []byte) {
		var s, again filter.Suffixes
		n, ok := key.Wire(msg, &s)
		if !ok {
			return
		}
		if n > len(msg) || n > 255 {
			t.Fatalf("took %d of %d bytes", n, len(msg))
		}
		parsed, err := filter.ParseName(s.Name())
		if err != nil || strings.Contains(string(parsed), "xn--") || s.Len() == filter.MaxDepth {
			return
		}
		key.Text(parsed, &again)
		if again.Len() != s.Len() || s.Len() > 0 && again.Hash(s.Len()-1) != s.Hash(s.Len()-1) {
			t.Errorf("%q hashes differently from text and from the wire", parsed)
		}
	})
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"a.b.c", "A..b", "bücher.example", "xn--bcher-kva.example", "ß.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := filter.ParseName(s)
		if err != nil {
			return
		}
		if again, err := filter.ParseName(string(n)); err != nil || again != n {
			t.Errorf("ParseName(%q) = %q, then %q, %v", s, n, again, err)
		}
	})
}

// TestLongestName: a name of 255 bytes in wire form is the longest there is
// (RFC 1035 section 3.1).
func TestLongestName(t *testing.T) {
	var s filter.Suffixes
	label := func(n int) string { return string(rune(n)) + strings.Repeat("a", n) }
	for last, want := range map[int]bool{61: true, 62: false} {
		wire := label(63) + label(63) + label(63) + label(last) + "\x00"
		if n, ok := key.Wire([]byte(wire), &s); ok != want || ok && n != 255 {
			t.Errorf("%d bytes: %d, %v, want %v", len(wire), n, ok, want)
		}
	}
}
