package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"lessonguard/resources"
	"lessonguard/resources/seal"
)

func key(t *testing.T) seal.Identity {
	t.Helper()
	id, err := seal.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestSealOpens(t *testing.T) {
	now, next, other := key(t), key(t), key(t)
	want := resources.Report{Schema: 1, Words: `<b>"he said" & more</b> ` + "\x00 ünï 🙂", About: resources.AboutHome}
	sealed, err := seal.Seal([]string{now.Recipient(), next.Recipient()}, resources.KindReport, want)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []seal.Identity{now, next} {
		e, err := seal.Open([]seal.Identity{other, id}, sealed)
		if err != nil || e.Kind != resources.KindReport {
			t.Fatalf("Open = %+v, %v", e, err)
		}
		var got resources.Report
		if err := e.Decode(&got); err != nil || got.Words != want.Words || got.About != want.About {
			t.Errorf("decoded %+v, %v, want %+v", got, err, want)
		}
	}
	for _, ids := range [][]seal.Identity{nil, {other}} {
		if _, err := seal.Open(ids, sealed); !errors.Is(err, resources.ErrNotForUs) {
			t.Errorf("Open with %d other keys = %v, want ErrNotForUs", len(ids), err)
		}
	}
}

// TestSize holds lengths up to the largest to one of the sizes, closely where one
// ends, with one key and with two.
func TestSize(t *testing.T) {
	one := []string{key(t).Recipient()}
	two := append(slices.Clone(one), key(t).Recipient())
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		to   []string
		step func(int) int
	}{
		{one, step},
		{two, step},
		{[]string{hybrid.Recipient().String()}, func(int) int { return 5003 }}, // slow
	} {
		to, seen, last := tt.to, map[int]int{}, 0
		for n := 0; n < 70_000; n += tt.step(n) {
			sealed, err := seal.Seal(to, resources.KindReport, strings.Repeat("x", n))
			if errors.Is(err, resources.ErrTooLong) {
				break
			}
			if err != nil || !slices.Contains(resources.Sizes[:], len(sealed)) || len(sealed) < last {
				t.Fatalf("sealing %d letters: %d bytes, %v", n, len(sealed), err)
			}
			last = len(sealed)
			seen[last]++
		}
		for _, size := range resources.Sizes {
			if seen[size] == 0 {
				t.Errorf("with %d keys: nothing was sealed in %d bytes", len(to), size)
			}
		}
	}
}

// step goes in small steps where a size may end and otherwise in strides.
func step(n int) int {
	for _, size := range resources.Sizes {
		if n > size-700 && n < size {
			return 53
		}
	}
	return 1999
}

func TestTooLong(t *testing.T) {
	to := []string{key(t).Recipient()}
	if _, err := seal.Seal(to, resources.KindReport, strings.Repeat("x", 65_536)); !errors.Is(err, resources.ErrTooLong) {
		t.Errorf("Seal = %v, want ErrTooLong", err)
	}
	words := strings.Repeat("👩‍🏫\"\n", resources.MaxWords/13)
	report := resources.Report{Words: words}
	if err := report.Check(); errors.Is(err, resources.ErrTooLong) {
		t.Fatalf("Check refuses %d bytes", len(words))
	}
	if _, err := seal.Seal(to, resources.KindReport, report); err != nil {
		t.Errorf("the most words that a report may have: %v", err)
	}
}

// TestSaysNothing looks for the words, the kind and the recipient in the clear.
func TestSaysNothing(t *testing.T) {
	id := key(t)
	sealed, err := seal.Seal([]string{id.Recipient()}, resources.KindHelpRequest, "Grimsby")
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Grimsby", "help-request", id.Recipient()} {
		if bytes.Contains(sealed, []byte(secret)) {
			t.Errorf("%q stands in the clear", secret)
		}
	}
}

func TestBadRecipients(t *testing.T) {
	good, secret := key(t).Recipient(), key(t).Secret()
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		to   []string
		want string
	}{
		{nil, "no key"},
		{[]string{good, ""}, `""`},
		{[]string{good[:40]}, good[:40]},
		{[]string{secret}, "private key"},
		{[]string{good, hybrid.Recipient().String()}, "incompatible"},
	} {
		_, err := seal.Seal(tt.to, resources.KindReport, 1)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), secret) {
			t.Errorf("Seal to %q = %v, want an error with %s", tt.to, err, tt.want)
		}
		if got := seal.CheckRecipients(tt.to); fmt.Sprint(got) != fmt.Sprint(err) {
			t.Errorf("CheckRecipients(%q) = %v, want %v", tt.to, got, err)
		}
	}
	if err := seal.CheckRecipients([]string{good}); err != nil {
		t.Errorf("CheckRecipients of a good key: %v", err)
	}
}

func TestIdentity(t *testing.T) {
	id := key(t)
	back, err := seal.ParseIdentity(id.Secret() + "\n")
	if err != nil || back.Recipient() != id.Recipient() {
		t.Errorf("ParseIdentity = %v, %v", back, err)
	}
	if s := fmt.Sprint(id); strings.Contains(s, "SECRET") {
		t.Errorf("printed as %s", s)
	}
	if _, err := seal.ParseIdentity("AGE-SECRET-KEY-1NONSENSE"); err == nil || strings.Contains(err.Error(), "NONSENSE") {
		t.Errorf("ParseIdentity of nonsense = %v", err)
	}
}

// TestDamage flips a byte anywhere and cuts anywhere: an error, never a panic
// and never another message.
func TestDamage(t *testing.T) {
	id := key(t)
	sealed, err := seal.Seal([]string{id.Recipient()}, resources.KindReport, "words")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(sealed); i += 13 {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := seal.Open([]seal.Identity{id}, bad); err == nil {
			t.Errorf("opened with byte %d flipped", i)
		}
		if _, err := seal.Open([]seal.Identity{id}, sealed[:i]); err == nil {
			t.Errorf("opened the first %d bytes", i)
		}
	}
}

func FuzzOpen(f *testing.F) {
	id, err := seal.GenerateKey()
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := seal.Seal([]string{id.Recipient()}, resources.KindReport, "words")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := seal.Open([]seal.Identity{id}, b); err == nil && !bytes.Equal(b, sealed) {
			t.Error("opened what was never sealed")
		}
	})
}
