package lists_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"lessonguard/filter/lists"
)

// read returns the names in text, with "=" before those that are exact.
func read(t testing.TB, data string, c lists.Config) (string, lists.Summary, error) {
	t.Helper()
	var names []string
	c.Name = "the-list"
	s, err := lists.Read(strings.NewReader(data), c, func(name []byte, exact bool) {
		if exact {
			names = append(names, "="+string(name))
		} else {
			names = append(names, string(name))
		}
	})
	return strings.Join(names, " "), s, err
}

func format(t testing.TB, id string) lists.Format {
	t.Helper()
	f, err := lists.ParseFormat(id)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, text, format string
		want, found        string
		skipped            int
	}{
		{name: "empty"},
		{
			name: "hosts with a byte-order mark, carriage returns and no last end of line",
			text: "\ufeff# title\r\n0.0.0.0 a.test\r\n0.0.0.0\tb.test\twww.b.test # two\r\n127.0.0.1 localhost\r\n0.0.0.0 c.test",
			want: "a.test b.test www.b.test c.test", found: "hosts", skipped: 1,
		},
		{
			name: "ad blocker's", text: "[Adblock Plus 2.0]\n! Title: t\n||a.test^\n|b.test^\n@@||c.test^\n##.ad\n",
			want: "a.test =b.test", found: "adblock", skipped: 2,
		},
		{
			name: "a zone", text: `$TTL 300
$ORIGIN rpz.local.
@ IN SOA localhost. root.localhost. (
  1 ; serial
  3600 600 86400 300 )
  IN NS localhost.
a.test CNAME .
*.a.test CNAME .
c.test.rpz.local. CNAME .
d.test. CNAME .
e.test ( ; wide
  CNAME . )
32.7.2.0.192.rpz-ip.rpz.local. CNAME .
`,
			want: "a.test a.test c.test d.test e.test", found: "rpz", skipped: 1,
		},
		{
			name: "a zone with comments of another format", text: "$TTL 300\n# a smile (\n! another (\na.test CNAME .\nb.test CNAME .\n",
			want: "a.test b.test", found: "rpz",
		},
		{
			name: "a zone with parentheses and a semicolon in quotes", text: "$TTL 300\nx.test TXT \"(;\"\na.test CNAME .\ny.test ( TXT \";)\" )\nb.test CNAME .\n",
			want: "a.test b.test", found: "rpz", skipped: 2,
		},
		{
			name: "a zone whose last record does not end", text: "$TTL 300\na.test CNAME .\nb.test ( CNAME .\nc.test CNAME .\n",
			want: "a.test", found: "rpz", skipped: 1,
		},
		{
			name: "unbound", text: "server:\n  local-zone: \"a.test\" refuse\n  local-data: \"b.test A 0.0.0.0\"\n",
			want: "a.test =b.test", found: "unbound",
		},
		{name: "dnsmasq", text: "# c\naddress=/a.test/b.test/::\nserver=/c.test/192.0.2.1\n", want: "a.test b.test", found: "dnsmasq", skipped: 1},
		{name: "UT1", text: "a.test\n192.0.2.1\nwww.b.test\n", format: "ut1", want: "a.test www.b.test", found: "plain", skipped: 1},
		{name: "starter", text: "# games\n\n## Service\na.test # all of it\nfull:b.test\n", format: "starter", want: "a.test =b.test", found: "plain"},
		{name: "URLs", text: "http://a.test/\nhttp://b.test/page\nhttps://c.test\n", want: "a.test c.test", found: "urls", skipped: 1},
		{
			name: "a table", text: "added,URL,\"a \"\"note\"\"\"\n2026,http://a.test/,\n2026,\"http://b.test/\",x\n2026,http://c.test/page,\n2026\n\n",
			format: "csv:url", want: "a.test b.test", found: "urls", skipped: 1,
		},
		{name: "a table with tabs", text: "a\tname\n1\ta.test\n", format: "csv:name", want: "a.test", found: "plain"},
		{name: "a line too long", text: strings.Repeat("x", 200_000) + "\na.test\n", want: "a.test", found: "plain", skipped: 1},
		{name: "only a line too long", text: strings.Repeat("x", 200_000), skipped: 1},
		{name: "not a list at all", text: "the quick brown fox\njumps\n", skipped: 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, s, err := read(t, tt.text, lists.Config{Format: format(t, tt.format)})
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want || s.Format != tt.found || s.SkippedAll() != tt.skipped {
				t.Errorf("got %q, %q, %d skipped %v\nwant %q, %q, %d", got, s.Format, s.SkippedAll(), s.Skipped, tt.want, tt.found, tt.skipped)
			}
			if s.Entries != len(strings.Fields(got)) || s.Exact != strings.Count(got, "=") || s.Bytes != int64(len(tt.text)) {
				t.Errorf("summary %+v", s)
			}
		})
	}
}

// TestRefused: a file that is no list is refused with one line that names it.
func TestRefused(t *testing.T) {
	packed := gz(t, strings.Repeat("a.test\n", 100_000))
	for _, tt := range []struct {
		name, data, format string
		want               error
	}{
		{"a web page", "<!DOCTYPE html>\n<html><body>Sign in to the wireless network</body></html>", "", lists.ErrWebPage},
		{"a web page further down", "a.test\n<html>\n", "", lists.ErrWebPage},
		{"a web page for a table", "<html>\n", "csv:url", lists.ErrWebPage},
		{"a program", "\x7fELF\x02\x01\x01\x00\x00", "", lists.ErrBinary},
		{"a NUL further down", strings.Repeat("a.test\n", 1000) + "b\x00.test\n", "", lists.ErrBinary},
		{"UTF-16", "\xff\xfea\x00.\x00", "", lists.ErrBinary},
		{"UTF-16, the other way", "\xfe\xff\x00a\x00.", "", lists.ErrBinary},
		{"too much text", strings.Repeat("a.test\n", 100_000), "", lists.ErrTooLarge},
		{"too many names", strings.Repeat("a.io\n", 95_000), "", lists.ErrTooLarge},
		{"one endless line", strings.Repeat("a", 700_000), "", lists.ErrTooLarge},
		{"a bomb", packed, "", lists.ErrTooLarge},
		{"a bomb in tar", gz(t, tarred(t, "domains", strings.Repeat("a.test\n", 100_000))), "", lists.ErrTooLarge},
		{"a bomb beside the list", gz(t, tarred(t, "urls", strings.Repeat("a", 700_000))), "", lists.ErrTooLarge},
		{"a bomb in zip", zipped(t, "list", strings.Repeat("a.test\n", 100_000)), "", lists.ErrTooLarge},
		{"too large before it is unpacked", zipped(t, "list", noise(40_000)), "", lists.ErrTooLarge},
		{"cut short", packed[:len(packed)/2], "", lists.ErrDamaged},
		{"cut short in its header", packed[:5], "", lists.ErrDamaged},
		{"changed", strings.Replace(gz(t, "\x1f"), "\x1f\x8b\x08", "\x1f\x8b\x09", 1), "", lists.ErrDamaged},
		{"of another checksum", gz(t, "a.test\n")[:20] + strings.Repeat("x", 20), "", lists.ErrDamaged},
		{"zip cut short", zipped(t, "list", "a.test\n")[:60], "", lists.ErrDamaged},
		{"tar cut short", tarred(t, "list", strings.Repeat("a.test\n", 1000))[:3000], "", lists.ErrDamaged},
		{"tar.gz cut short", gz(t, tarred(t, "list", noise(40_000)))[:9000], "", lists.ErrDamaged},
		{"a way out of tar", tarred(t, "../../etc/cron.d/list", "a.test\n"), "", lists.ErrUnsafe},
		{"a way out of zip", zipped(t, `x\..\..\list`, "a.test\n"), "", lists.ErrUnsafe},
		{"a path from the root", tarred(t, "/etc/list", "a.test\n"), "", lists.ErrUnsafe},
		{"a drive", zipped(t, "C:/list", "a.test\n"), "", lists.ErrUnsafe},
		{"a file with an odd name in zip", zipped(t, "a\x00\nb", "\x00"), "", lists.ErrBinary},
		{"a file with an odd name in tar", tarred(t, "a\nb", "\x00"), "", lists.ErrBinary},
		{"a table without the column", "a,b\n1,2\n", "csv:url", lists.ErrColumn},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := read(t, tt.data, lists.Config{Format: format(t, tt.format), Limits: lists.Limits{Packed: 30_000, Unpacked: 500_000, Names: 90_000}})
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), "the-list") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want one line that names the list: %v", err, tt.want)
			}
		})
	}
}

// TestTooLargeFile: the size of a file is seen before it is read.
func TestTooLargeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 10<<30); err != nil {
		t.Skip("no file of 10 GiB can be made here: ", err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	_, err = lists.Read(file, lists.Config{Name: path}, nil)
	if !errors.Is(err, lists.ErrTooLarge) || !strings.Contains(err.Error(), "10240 MiB") {
		t.Errorf("%v, want ErrTooLarge with the size", err)
	}
}

func gz(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tarred packs pairs of name and text.
func tarred(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		h := &tar.Header{Name: files[i], Mode: 0o600, Size: int64(len(files[i+1])), Format: tar.FormatUSTAR}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// noise is text that hardly gets smaller when it is packed.
func noise(n int) string {
	b, x := make([]byte, n), uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = ' ' + byte(x>>24)%90
	}
	return string(b)
}

// TestArchives: of an archive, the lists are read, and what is about them is
// left out.
func TestArchives(t *testing.T) {
	ut1 := []string{
		"adult/domains", "a.test\nb.test\n", "adult/urls", "c.test/page\nd.test\n", "adult/usage", "black\n",
		"adult/very_restrictive_expression", "(x|y)\n", "adult/README", "e.test\n",
	}
	for name, data := range map[string]string{
		"tar": tarred(t, ut1...), "tar.gz": gz(t, tarred(t, ut1...)), "zip": zipped(t, ut1...),
		"gz": gz(t, "a.test\nb.test\n"), "two gz": gz(t, "a.test\n") + gz(t, "b.test\n"),
	} {
		got, s, err := read(t, data, lists.Config{})
		if err != nil || got != "a.test b.test" || s.Files != 1 || s.SkippedAll() != 0 {
			t.Errorf("%s: %q, %+v, %v", name, got, s, err)
		}
	}
}

// TestSecret: of a list that nobody may read, an error names nothing inside.
func TestSecret(t *testing.T) {
	const hidden = "hidden-name"
	failing := func(name string) (fs.File, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	for why, tt := range map[string]struct {
		data string
		want error
	}{
		"web page in a tar": {tarred(t, hidden, "<html>\n"), lists.ErrWebPage},
		"binary in a zip":   {zipped(t, hidden, "a\x00b"), lists.ErrBinary},
		"outside":           {tarred(t, "../"+hidden, "a.test\n"), lists.ErrUnsafe},
		"broken gzip":       {gz(t, hidden+".test\n")[:15], lists.ErrDamaged},
		"include":           {"include:" + hidden + "\n", nil},
	} {
		for _, secret := range []bool{false, true} {
			_, _, err := read(t, tt.data, lists.Config{Secret: secret, Include: failing})
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", why, err, tt.want)
			}
			if secret && strings.Contains(err.Error(), hidden) {
				t.Errorf("%s: %v names what is inside", why, err)
			}
		}
	}
}

// TestManyFiles: an archive of very many files is refused, whatever they are.
func TestManyFiles(t *testing.T) {
	var files []string
	for i := range 20 {
		files = append(files, fmt.Sprintf("%d/usage", i), "")
	}
	for name, data := range map[string]string{"tar": tarred(t, files...), "zip": zipped(t, files...)} {
		if _, _, err := read(t, data, lists.Config{Limits: lists.Limits{Files: 10}}); !errors.Is(err, lists.ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", name, err)
		}
	}
}

func TestInclude(t *testing.T) {
	files := fstest.MapFS{
		"category-games": {Data: []byte("include:steam\ninclude:epic @cn\ninclude:none\nown.test\n")},
		"steam":          {Data: []byte("steam.test\nfull:cdn.steam.test @cn\ninclude:category-games\n")}, // a circle
		"epic":           {Data: []byte("epic.test\nepic-cn.test @ads @cn\ninclude:steam @-ads\n")},
		"page":           {Data: []byte("<html>\n")},
	}
	include := func(name string) (fs.File, error) { return files.Open(name) }
	got, s, err := read(t, "include:category-games\n", lists.Config{Format: format(t, "v2fly"), Include: include})
	want := "steam.test =cdn.steam.test epic-cn.test =cdn.steam.test own.test"
	// The circle is read once more, for the entries that are @cn; it ends there.
	if err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if s.Skipped[lists.MissingInclude] == 0 {
		t.Error("the missing file is not counted")
	}
	if _, _, err := read(t, "include:page\n", lists.Config{Include: include}); !errors.Is(err, lists.ErrWebPage) || !strings.Contains(err.Error(), "including page") {
		t.Errorf("%v, want ErrWebPage naming what was included", err)
	}
	if _, s, err := read(t, "include:page\n", lists.Config{}); err != nil || s.Skipped[lists.MissingInclude] != 1 {
		t.Errorf("without a way to include: %+v, %v", s, err)
	}
}

// TestReadAllocatesLittle: nothing is allocated for the lines that lists are
// made of, but the one error that publicsuffix throws away for each name: it
// asks first whether the name is an address.
func TestReadAllocatesLittle(t *testing.T) {
	for _, line := range []string{"%d.example.com\n", "0.0.0.0 www.%d.example.com\n", "||%d.example.com^\n", "127.0.0.1\t%d.EXAMPLE.com # c\n"} {
		var b strings.Builder
		for i := range 10_000 {
			fmt.Fprintf(&b, line, i)
		}
		text := b.String()
		allocs := testing.AllocsPerRun(2, func() {
			if _, err := lists.Read(strings.NewReader(text), lists.Config{}, func([]byte, bool) {}); err != nil {
				t.Fatal(err)
			}
		})
		if allocs > 10_100 {
			t.Errorf("%q: %v allocations for 10,000 lines", line, allocs)
		}
	}
}

// FuzzRead: whatever a file holds, reading it ends, with names or an error.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"a.test\n0.0.0.0 b.test\n", "$ORIGIN x.test.\na.x.test. CNAME .\nb ( CNAME\n . )\n", "include:self\ndomain:a.test @b\n",
		"url,x\nhttp://a.test/,1\n", gz(f, "a.test\n"), gz(f, tarred(f, "domains", "a.test\n")), zipped(f, "domains", "a.test\n"), tarred(f, "a/domains", "a.test\n"),
	} {
		for id := range uint8(12) {
			f.Add([]byte(text), id)
		}
	}
	formats := []string{"any", "csv:url", "v2fly", "plain", "hosts", "adblock", "dnsmasq", "unbound", "rpz", "urls", "ut1", "starter"}
	f.Fuzz(func(t *testing.T, data []byte, id uint8) {
		include := func(name string) (fs.File, error) {
			return fstest.MapFS{name: {Data: data}}.Open(name)
		}
		names := 0
		s, err := lists.Read(bytes.NewReader(data), lists.Config{
			Format: format(t, formats[int(id)%len(formats)]), Include: include,
			Limits: lists.Limits{Packed: 1 << 16, Unpacked: 1 << 16, Files: 50},
		}, func(name []byte, _ bool) {
			if names++; len(name) == 0 || len(name) > 253 {
				t.Errorf("name %q", name)
			}
		})
		if s.Entries != names {
			t.Errorf("%d entries, %d names", s.Entries, names)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\x00") {
			t.Errorf("error of several lines: %q", err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, form := range []string{"site-%d.example.com\n", "0.0.0.0 site-%d.example.com\n", "||site-%d.example.com^\n"} {
		var text strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&text, form, i)
		}
		b.Run(strings.TrimSpace(form), func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := lists.Read(strings.NewReader(text.String()), lists.Config{}, func([]byte, bool) {}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/line")
		})
	}
}
