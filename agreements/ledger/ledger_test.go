package ledger_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/agreements"
	"lessonguard/agreements/ledger"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// signer is a fixed key, so that every test writes the same signatures.
func signer(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func config(path string, head *agreements.Head) ledger.Config {
	return ledger.Config{Path: path, Signer: signer(1), Head: head, Now: func() time.Time { return noon }}
}

func open(t *testing.T, path string, head *agreements.Head) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(config(path, head))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, l) })
	return l
}

func shut(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func acceptance(name string) agreements.Acceptance {
	return agreements.Acceptance{
		Agreement: "general-learner-ks1", Version: 1, Language: "en", Digest: strings.Repeat("ab", 32),
		Audience: agreements.LearnerKS1, Name: name, Learner: "id-of-" + name, TalkedBy: "Grace <Hopper> & \u2028 co",
		Clauses: []string{"A grown-up is near me.", "I am kind."}, At: noon, App: "1.0",
	}
}

func add(t *testing.T, l *ledger.Ledger, names ...string) agreements.Head {
	t.Helper()
	for _, name := range names {
		if _, err := l.Add(acceptance(name)); err != nil {
			t.Fatal(err)
		}
	}
	return l.Head()
}

// written returns a ledger file with an acceptance of each name, and its head.
func written(t *testing.T, names ...string) (path string, head agreements.Head) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "config", "acceptances.jsonl")
	l := open(t, path, nil)
	head = add(t, l, names...)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return path, head
}

func load(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAddAndReopen(t *testing.T) {
	path, head := written(t, "Ada", "Alan", "Żółć")
	l := open(t, path, &head)
	if got := l.Head(); got != head || got.Count != 3 {
		t.Errorf("head = %+v, want %+v", got, head)
	}
	for i, name := range []string{"Ada", "Alan", "Żółć"} {
		if got, want := fmt.Sprintf("%+v", l.All()[i]), fmt.Sprintf("%+v", acceptance(name)); got != want {
			t.Errorf("acceptance %d = %s, want %s", i+1, got, want)
		}
	}
	next := add(t, l, "Joan")
	if r, err := l.Verify(&next); err != nil || !r.Complete() || r.Confirmed != 4 || r.String() != "complete: 4 acceptances" {
		t.Errorf("Verify = %v, %v", r, err)
	}
	if r, err := l.Verify(&head); err != nil || r.Complete() || !r.Consistent() || r.Confirmed != 3 {
		t.Errorf("Verify with an earlier head = %v, %v", r, err)
	}
	if r, err := l.Verify(nil); err != nil || r.Complete() || r.String() != "consistent, completeness not proved: 4 acceptances" {
		t.Errorf("Verify without a head = %v, %v", r, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v: others may read the names of children", info.Mode(), err)
	}
}

func TestEmpty(t *testing.T) {
	path, head := written(t)
	l := open(t, path, &head)
	if r, err := l.Verify(&head); err != nil || !r.Complete() || len(l.All()) != 0 {
		t.Errorf("Verify of an empty ledger = %v, %v", r, err)
	}
}

func TestOneWriter(t *testing.T) {
	path, _ := written(t, "Ada")
	first := open(t, path, nil)
	if _, err := ledger.Open(config(path, nil)); !errors.Is(err, ledger.ErrInUse) {
		t.Errorf("a second Open = %v, want ErrInUse", err)
	}
	shut(t, first)
	if _, err := first.Add(acceptance("Alan")); err == nil {
		t.Error("added to a closed ledger")
	}
	open(t, path, nil)
}

func TestAddRefuses(t *testing.T) {
	path, head := written(t, "Ada")
	l := open(t, path, &head)
	for _, tt := range []struct {
		name   string
		change func(*agreements.Acceptance)
	}{
		{"nobody", func(x *agreements.Acceptance) { x.Name = " " }},
		{"a child alone", func(x *agreements.Acceptance) { x.TalkedBy = "" }},
		{"no clause", func(x *agreements.Acceptance) { x.Clauses = nil }},
		{"no digest", func(x *agreements.Acceptance) { x.Digest = "abc" }},
		{"no version", func(x *agreements.Acceptance) { x.Version = 0 }},
		{"no time", func(x *agreements.Acceptance) { x.At = time.Time{} }},
		{"no such audience", func(x *agreements.Acceptance) { x.Audience = "child" }},
		{"a name that is not text", func(x *agreements.Acceptance) { x.Name = "A\xff" }},
		{"a name that turns the line", func(x *agreements.Acceptance) { x.Name = "A\u202e" }},
	} {
		x := acceptance("Alan")
		tt.change(&x)
		if _, err := l.Add(x); err == nil {
			t.Errorf("%s: added", tt.name)
		}
	}
	if got := l.Head(); got != head {
		t.Errorf("head = %+v after refusals, want %+v", got, head)
	}
	withdrawn := acceptance("Ada")
	withdrawn.Withdraws, withdrawn.Clauses = true, nil
	if _, err := l.Add(withdrawn); err != nil {
		t.Errorf("withdrawing = %v", err)
	}
}

func TestSignerMustBeEd25519(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := config(filepath.Join(t.TempDir(), "l"), nil)
	c.Signer = key
	if _, err := ledger.Open(c); err == nil || !strings.Contains(err.Error(), "Ed25519") {
		t.Errorf("Open = %v", err)
	}
}

// TestNewKey shows that a family whose keyring was lost goes on, and that the
// change of key shows.
func TestNewKey(t *testing.T) {
	path, head := written(t, "Ada")
	c := config(path, &head)
	c.Signer = signer(2)
	l, err := ledger.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, l)
	next := add(t, l, "Alan")
	r, err := l.Verify(&next)
	if err != nil || !r.Complete() || len(r.Keys) != 2 || r.Keys[0] != head.Key || r.Keys[1] != next.Key {
		t.Errorf("Verify = %+v, %v", r, err)
	}
}

func TestChangedByAnother(t *testing.T) {
	path, _ := written(t, "Ada")
	l := open(t, path, nil)
	data := load(t, path)
	if err := os.WriteFile(path, append(data, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Add(acceptance("Alan")); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("Add = %v", err)
	}
}

// TestTorn cuts the last line at every byte.
func TestTorn(t *testing.T) {
	path, head := written(t, "Ada", "Alan")
	data := load(t, path)
	first := bytes.IndexByte(data, '\n') + 1
	before := ledger.Check(data[:first], nil)
	earlier := agreements.Head{Count: 1, Key: head.Key}
	earlier.Hash = headOf(t, data[:first])
	for cut := first + 1; cut < len(data)-1; cut++ {
		for _, tt := range []struct {
			name   string
			head   *agreements.Head
			damage bool
		}{
			{"never confirmed", &earlier, false},
			{"confirmed", &head, true},
			{"nobody knows", nil, true},
			{"a head of another ledger", &agreements.Head{Count: 1, Hash: strings.Repeat("00", 32), Key: head.Key}, true},
		} {
			if cut%37 != 0 && tt.damage { // each opens and syncs: enough of them
				continue
			}
			torn := data[:cut]
			if r := ledger.Check(torn, tt.head); r.Torn == tt.damage || r.Complete() == tt.damage {
				t.Fatalf("%s, cut at %d: %v (torn %v)", tt.name, cut, r, r.Torn)
			}
			if cut%37 != 0 {
				continue
			}
			path := filepath.Join(t.TempDir(), "l")
			if err := os.WriteFile(path, torn, 0o600); err != nil {
				t.Fatal(err)
			}
			l := open(t, path, tt.head)
			if got := l.Damage(); (got != nil) != tt.damage {
				t.Fatalf("%s, cut at %d: damage = %+v", tt.name, cut, got)
			} else if got != nil && (got.Line != 2 || !bytes.Equal(load(t, got.Aside), torn)) {
				t.Fatalf("%s, cut at %d: set aside %+v", tt.name, cut, got)
			}
			if got := l.All(); len(got) != 1 || got[0].Name != before.Acceptances[0].Name {
				t.Fatalf("%s, cut at %d: %d acceptances left", tt.name, cut, len(got))
			}
			next := add(t, l, "Joan")
			if r, err := l.Verify(&next); err != nil || !r.Complete() {
				t.Fatalf("%s, cut at %d: Verify after adding = %v, %v", tt.name, cut, r, err)
			}
			shut(t, l)
		}
	}
}

func headOf(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "l")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, path, nil).Head().Hash
}

// TestLineFeedLost shows that an acceptance whose last byte alone is missing is
// not lost.
func TestLineFeedLost(t *testing.T) {
	path, head := written(t, "Ada", "Alan")
	data := load(t, path)
	if err := os.WriteFile(path, data[:len(data)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, path, &head)
	if l.Damage() != nil || len(l.All()) != 2 {
		t.Errorf("damage = %+v, %d acceptances", l.Damage(), len(l.All()))
	}
	next := add(t, l, "Joan")
	if r, err := l.Verify(&next); err != nil || !r.Complete() {
		t.Errorf("Verify = %v, %v", r, err)
	}
}

func TestTampered(t *testing.T) {
	path, head := written(t, "Ada", "Alan", "Joan")
	data := load(t, path)
	lines := bytes.SplitAfter(data, []byte("\n"))[:3]
	join := func(lines ...[]byte) []byte { return bytes.Join(lines, nil) }
	other, _ := written(t, "Ada", "Alan", "Joan")
	for _, tt := range []struct {
		name string
		data []byte
		line int
		want string
	}{
		{"untouched", data, 0, ""},
		{"a version changed", bytes.Replace(data, []byte(`"version":1`), []byte(`"version":2`), 1), 1, "signature"},
		{"a clause changed", join(lines[0], bytes.Replace(lines[1], []byte("kind"), []byte("cruel"), 1), lines[2]), 2, "signature"},
		{"a name changed", join(lines[0], bytes.ReplaceAll(lines[1], []byte(`"Alan"`), []byte(`"Bob"`)), lines[2]), 2, "names"},
		{"a line taken out", join(lines[0], lines[2]), 2, "follow"},
		{"the first taken away", join(lines[1], lines[2]), 1, "follow"},
		{"the last taken away", join(lines[0], lines[1]), 3, "missing"},
		{"all taken away", nil, 1, "missing"},
		{"two swapped", join(lines[1], lines[0], lines[2]), 1, "follow"},
		{"one doubled", join(lines[0], lines[0], lines[1]), 2, "follow"},
		{"written anew", load(t, other), 3, "confirmed"},
		{"an empty line", join(lines[0], []byte("\n"), lines[1]), 2, "read"},
		{"two on a line", join(lines[0][:len(lines[0])-1], lines[1]), 1, "more on the line"},
		{"a key nobody asks for", bytes.Replace(data, []byte(`{"entry"`), []byte(`{"x":1,"entry"`), 1), 1, "unknown field"},
		{"zeros after a power cut", join(lines[0], lines[1], make([]byte, 300)), 3, "read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := ledger.Check(tt.data, &head)
			if r.Line != tt.line || !strings.Contains(r.Problem, tt.want) || r.Complete() != (tt.line == 0) {
				t.Errorf("Check = line %d: %q, want line %d: %q", r.Line, r.Problem, tt.line, tt.want)
			}
			// Whatever was done to it, nothing that was there is overwritten.
			path := filepath.Join(t.TempDir(), "l")
			if err := os.WriteFile(path, tt.data, 0o600); err != nil {
				t.Fatal(err)
			}
			l := open(t, path, &head)
			if d := l.Damage(); d != nil && !bytes.Equal(load(t, d.Aside), tt.data) {
				t.Errorf("set aside other bytes than were there")
			} else if d == nil && !bytes.Equal(load(t, path), tt.data) {
				t.Error("changed the file and said nothing")
			}
		})
	}
}

func TestErase(t *testing.T) {
	path, head := written(t, "Ada", "Alan", "Ada", "Joan")
	l := open(t, path, &head)
	for _, tt := range []struct {
		person string
		want   int
	}{{"Bob", 0}, {"Ada", 2}, {"Ada", 0}, {"id-of-Alan", 1}} {
		if got, err := l.Erase(tt.person); err != nil || got != tt.want {
			t.Errorf("Erase(%s) = %d, %v, want %d", tt.person, got, err, tt.want)
		}
	}
	for _, gone := range []string{"Ada", "Alan"} {
		if bytes.Contains(load(t, path), []byte(gone)) {
			t.Errorf("%s is still in the file", gone)
		}
	}
	if r, err := l.Verify(&head); err != nil || !r.Complete() || r.Erased != 3 {
		t.Errorf("Verify = %+v, %v", r, err)
	}
	for i, want := range []string{"", "", "", "Joan"} {
		x := l.All()[i]
		if x.Name != want || (x.Learner == "") != (want == "") || x.TalkedBy == "" || x.Digest == "" {
			t.Errorf("acceptance %d = %+v", i+1, x)
		}
	}
	if _, err := l.Erase(acceptance("").TalkedBy); err != nil {
		t.Error(err)
	}
	next := add(t, l, "Tim")
	if r, err := l.Verify(&next); err != nil || !r.Complete() || l.All()[3].TalkedBy != "" {
		t.Errorf("Verify after erasing and adding = %v, %v", r, err)
	}
	if _, err := l.Erase(""); err == nil {
		t.Error("erased nobody")
	}
	shut(t, l)
	again := open(t, path, &next)
	if again.Damage() != nil || again.Head() != next {
		t.Errorf("reopened with %+v, damage %+v", again.Head(), again.Damage())
	}
}

// FuzzCheck shows that no file stops the program, and that the lines before the
// first broken one always stand on their own.
func FuzzCheck(f *testing.F) {
	path := filepath.Join(f.TempDir(), "l")
	l, err := ledger.Open(config(path, nil))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"Ada", "Alan"} {
		if _, err := l.Add(acceptance(name)); err != nil {
			f.Fatal(err)
		}
	}
	head := l.Head()
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, head.Count)
	f.Add(data[:len(data)-9], 1)
	f.Add([]byte("{}\n\n"), -1)
	f.Fuzz(func(t *testing.T, data []byte, count int) {
		r := ledger.Check(data, &agreements.Head{Count: count, Hash: head.Hash, Key: head.Key})
		if r.Confirmed < 0 || r.Confirmed > len(r.Acceptances) || r.Line < 0 || (r.Line > 0) != (r.Problem != "") {
			t.Errorf("Check = %+v", r)
		}
		if r.Line > 0 && r.Complete() {
			t.Errorf("broken and complete: %+v", r)
		}
		lines := bytes.SplitAfter(data, []byte("\n"))
		kept := bytes.Join(lines[:len(r.Acceptances)], nil)
		if again := ledger.Check(kept, nil); !again.Consistent() || len(again.Acceptances) != len(r.Acceptances) {
			t.Errorf("the lines that stand do not stand alone: %+v", again)
		}
	})
}
