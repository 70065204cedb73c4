package lists_test

import (
	"bufio"
	"errors"
	"os"
	"strings"
	"testing"

	"lessonguard/filter"
	"lessonguard/filter/lists"
)

// conformance returns the lines of the table that says what a line must mean,
// and what they mean.
func conformance(t testing.TB) (lines, wants []string) {
	t.Helper()
	file, err := os.Open("testdata/conformance.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	escapes := strings.NewReplacer(`\t`, "\t", `\r`, "\r", `\ufeff`, "\ufeff", `\\`, `\`)
	for rows := bufio.NewScanner(file); rows.Scan(); {
		if line, want, ok := strings.Cut(rows.Text(), "\t"); ok { // else the table's own heading
			lines, wants = append(lines, escapes.Replace(line)), append(wants, want)
		}
	}
	if len(lines) != 83 {
		t.Fatalf("%d lines in the table: it is not all there", len(lines))
	}
	return lines, wants
}

func TestConformance(t *testing.T) {
	lines, wants := conformance(t)
	for i, line := range lines {
		if got := (lists.Format{}).Line(line).String(); got != wants[i] {
			t.Errorf("%q: %s, want %s", line, got, wants[i])
		}
	}
}

// TestLine: what the table of conformance leaves open, and what fuzzing found.
func TestLine(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		// names
		{"", "none"},
		{" \t ", "none"},
		{".", "skip name"},
		{"*", "skip pattern"},
		{"*.", "skip name"},
		{".example.com #comment", "block example.com"},
		{"*.example.com # comment", "block example.com"},
		{"..example.com", "skip name"},
		{"com", "skip public-suffix"},
		{"github.io", "skip public-suffix"},
		{"*.co.uk", "skip public-suffix"},
		{"*.co.ck", "skip public-suffix"},
		{"someone.github.io", "block someone.github.io"},
		{"example.com.", "block example.com"},
		{"example.com..", "skip name"},
		{"a.*.example.com", "skip pattern"},
		{"space in.example.com", "skip name"},
		{`quote".example.com`, "skip name"},
		{"%41.example.com", "skip name"},
		{"b\xfccher.example.com", "skip name"}, // Latin-1
		{"İstanbul.example.com", "block xn--istanbul-o0e.example.com"},
		{"xn--.example.com", "skip name"},
		{strings.Repeat("a", 63) + ".example.com", "block " + strings.Repeat("a", 63) + ".example.com"},
		{strings.Repeat("a", 64) + ".example.com", "skip name"},
		{strings.Repeat("a.", 126) + "com", "skip name"},
		{"router.local", "skip local"},
		{"foo.localhost", "skip local"},
		{"4.3.2.1.in-addr.arpa", "skip local"},
		{"1.2.3.4:80", "skip address"},
		{"1.2.3.999", "skip address"},
		{"[2001:db8::1]", "skip address"},
		{"2001:db8::1", "skip address"},
		{"fe80::1", "skip address"},
		{"2001:db8::/32", "skip address"},
		{"abc.onion", "block abc.onion"},
		// hosts
		{"0.0.0.0", "skip address"},
		{"0.0.0.0 # nothing", "skip address"},
		{"0.0.0.0 example.com bad..name", "block example.com"},
		{"0.0.0.0 bad..name example.com", "block example.com"},
		{"0.0.0.0 bad..name", "skip name"},
		{"::ffff:0.0.0.0 example.com", "block example.com"},
		{"::ffff:127.0.0.1 example.com", "block example.com"},
		{"255.255.255.255 broadcasthost", "skip rewrite"},
		{"::1 ip6-localhost ip6-loopback", "skip local"},
		{"0.0.0.0 localhost example.com", "block example.com"},
		{"fe80::1 example.com", "skip rewrite"},
		{"0.0.0.0 http://example.com/", "skip name"},
		{"0.0.0.0 1.2.3.4", "skip address"},
		// ad blockers
		{"||example.com/", "block example.com"},
		{"||example.com^$important,all", "block example.com"},
		{"||example.com^$document", "skip modifier"},
		{"||example.com/path^", "skip path"},
		{"||example.com:8443^", "skip path"},
		{"||1.2.3.4^", "skip address"},
		{"||*^", "skip everything"},
		{"||*^$dnstype=HTTPS", "skip modifier"},
		{"||co.uk^", "skip public-suffix"},
		{"||", "skip name"},
		{"||^", "skip name"},
		{"|", "skip pattern"},
		{"|example.com", "skip pattern"},
		{"|example.com|", "exact example.com"},
		{"|https://example.com^", "skip pattern"},
		{"example.com#@#.ads", "skip cosmetic"},
		{"example.com#?#.ads", "skip cosmetic"},
		{"example.com$$script", "skip cosmetic"},
		{"###banner", "skip cosmetic"},
		{"## Heading", "none"},
		{"### Heading", "none"},
		{"example.com$important", "skip pattern"},
		{"@@example.com", "skip exception"},
		// dnsmasq
		{"address=/example.com/", "block example.com"},
		{"address=/.example.com/#", "block example.com"},
		{"address=/example.com/192.0.2.1", "skip rewrite"},
		{"address=/*example.com/", "skip pattern"},
		{"address=/example.com", "skip name"},
		{"address=/example.com/0.0.0.0 # comment", "block example.com"},
		{"server=/example.com/#", "skip forward"},
		{"server=192.0.2.1", "skip forward"},
		{"local=//", "skip name"},
		{"cname=a.example.com,b.example.com", "skip rewrite"},
		{"ipset=/example.com/set", "skip forward"},
		// unbound
		{"server:", "none"},
		{`local-zone: "." static`, "skip everything"},
		{`local-zone: example.com refuse`, "block example.com"},
		{`local-zone: "example.com" always_null # comment`, "block example.com"},
		{`local-zone: "example.com" nonsense`, "skip name"},
		{`local-zone: "example.com`, "skip name"},
		{`local-data: "example.com A 0.0.0.0"`, "exact example.com"},
		{`local-data: "example.com. 60 IN AAAA ::"`, "exact example.com"},
		{`local-data: "example.com A 192.0.2.1"`, "skip rewrite"},
		// zones
		{"$TTL 300", "none"},
		{"$ORIGIN rpz.example.", "none"},
		{"@ IN SOA localhost. root.localhost. 1 2 3 4 5", "none"},
		{"@ 60 IN NS localhost.", "none"},
		{"IN NS localhost.", "none"},
		{"example.com cname .", "block example.com"},
		{"example.com CNAME . ; comment", "block example.com"},
		{"example.com CNAME rpz-drop.", "block example.com"},
		{"example.com CNAME rpz-tcp-only.", "skip modifier"},
		{"example.com CNAME walled.garden.example.", "skip rewrite"},
		{"example.com A 127.0.0.1", "block example.com"},
		{"example.com A 192.0.2.1", "skip rewrite"},
		{"example.com TXT \"x\"", "skip rewrite"},
		{"ns1.example.com.rpz-nsdname CNAME .", "skip trigger"},
		{"\xb9.rpZ-ip CNAME 0", "skip trigger"}, // once an index out of range: found by fuzzing
		{"\u2003 0", "skip name"},               // the same
		{"\u2003 \u2003", "skip name"},          // the same
		{"*. CNAME .", "skip everything"},
		{"CNAME .", "skip name"},
		// v2fly
		{"full:example.com @ads", "exact example.com"},
		{"domain:example.com @cn @!cn &tag", "block example.com"},
		{"domain:com", "skip public-suffix"},
		{"include:geolocation-!cn @cn", "include geolocation-!cn"},
		{"include:../../etc/passwd", "skip name"},
		{`include: "/etc/unbound/more.conf"`, "skip name"},
		{"include:", "skip name"},
		{"full:a b", "skip name"},
		// URLs
		{"HTTP://Example.COM", "block example.com"},
		{"http://example.com:80/", "block example.com"},
		{"https://example.com:8443/", "skip path"},
		{"https://example.com?x", "skip path"},
		{"https://example.com/#top", "skip path"},
		{"http://user:pw@example.com/", "block example.com"},
		{"http://192.0.2.7/x", "skip address"},
		{"http://[2001:db8::7]:80/", "skip address"},
		{"http://", "skip name"},
		{"https://bücher.example.com/pfad", "skip path"},
		{"example.com/", "block example.com"},
		{"example.com:443", "skip path"},
		{"*://*.example.com/*", "skip pattern"},
		// web pages and others
		{"  <!DOCTYPE html>", "reject-file"},
		{"<title>Sign in</title>", "reject-file"},
		{"<nothing known>", "skip name"},
		{`"example.com",`, "skip name"},
		{"- 'example.com'", "skip name"},
		{"(^|[-?+=/_])expression", "skip pattern"},
	} {
		if got := (lists.Format{}).Line(tt.line).String(); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.line, got, tt.want)
		}
	}
}

// TestNamedFormat: a format that is named takes no line of another form.
func TestNamedFormat(t *testing.T) {
	for _, tt := range []struct{ format, line, want string }{
		{"plain", "*.example.com", "block example.com"},
		{"plain", "||example.com^", "skip other-format"},
		{"plain", "# comment", "none"},
		{"plain", "<html>", "reject-file"},
		{"hosts", "0.0.0.0 example.com", "block example.com"},
		{"hosts", "example.com", "block example.com"},
		{"hosts", "address=/example.com/", "skip other-format"},
		{"adblock", "example.com", "block example.com"},
		{"dnsmasq", "example.com", "skip other-format"},
		{"unbound", `local-zone: "example.com" static`, "block example.com"},
		{"rpz", "example.com CNAME .", "block example.com"},
		{"rpz", "include:other", "skip other-format"},
		{"v2fly", "include:other", "include other"},
		{"urls", "http://example.com/", "block example.com"},
		{"starter", "full:example.com", "exact example.com"},
		{"starter", "0.0.0.0 example.com", "skip other-format"},
	} {
		f, err := lists.ParseFormat(tt.format)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Line(tt.line).String(); got != tt.want {
			t.Errorf("%s: %q: %s, want %s", tt.format, tt.line, got, tt.want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for id, want := range map[string]string{"": "any", "hosts": "hosts", "csv:url": "csv:url"} {
		if f, err := lists.ParseFormat(id); err != nil || f.String() != want {
			t.Errorf("%q: %s, %v", id, f, err)
		}
	}
	for _, id := range []string{"host", "csv", "csv:", "hosts:x"} {
		if _, err := lists.ParseFormat(id); err == nil || !strings.Contains(err.Error(), "adblock") {
			t.Errorf("%q: %v, want an error that names the formats", id, err)
		}
	}
}

// FuzzLine: a line has one result that can be printed, and its names are such.
func FuzzLine(f *testing.F) {
	lines, _ := conformance(f)
	for _, line := range lines {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r := (lists.Format{}).Line(line)
		if closes := r.Verb == lists.Block || r.Verb == lists.Exact; closes != (len(r.Names) > 0) {
			t.Fatalf("%q: %s", line, r)
		}
		for _, n := range r.Names {
			if again, err := filter.ParseName(string(n)); err != nil || again != n || n.IsPublicSuffix() {
				t.Errorf("%q closes %q: %q, %v", line, n, again, err)
			}
		}
	})
}

// FuzzCanonical: the short way to a name's one form leads where the long one
// does.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"Example.COM.", "bücher.example", "xn--bcher-kva.example", "XN--a", "a..b", "-a", "a_b", "=\u0338.example", "a b", strings.Repeat("a.", 127)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			return // the short way does not try
		}
		want, err := filter.ParseName(s)
		got, ok := lists.Canonical(nil, []byte(s))
		if string(got) != string(want) || ok != (err == nil) {
			t.Errorf("%q: %q, %v, want %q, %v", s, got, ok, want, err)
		}
	})
}

// TestLines: each line has one result, however long it is and however it ends.
func TestLines(t *testing.T) {
	long := strings.Repeat("a.", 1<<20) + "example"
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"\n", "none"},
		{"a.example\r\n\nb.example", "block a.example|none|block b.example"},
		{"a.example\n" + long + "\nb.example\n", "block a.example|skip name|block b.example"},
		{long, "skip name"},
		{long + "\n", "skip name"},
		{strings.Repeat("a", 64<<10), "skip name"},
		{strings.Repeat("a", 64<<10) + "\nb.example", "skip name|block b.example"},
	} {
		var got []string
		err := format(t, "any").Lines(strings.NewReader(tt.text), func(r lists.Result) error {
			got = append(got, r.String())
			return nil
		})
		if all := strings.Join(got, "|"); err != nil || all != tt.want {
			t.Errorf("%.40q…: %q, %v, want %q", tt.text, all, err, tt.want)
		}
	}
	full := errors.New("full")
	if err := format(t, "any").Lines(strings.NewReader("a\nb\n"), func(lists.Result) error { return full }); !errors.Is(err, full) {
		t.Errorf("what each says: %v, want %v", err, full)
	}
}
