package agreements

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkID checks an id of our data files: it becomes part of paths, links and
// receipts, so only lower-case letters, digits and single hyphens are in it.
func checkID(id string) error {
	for part := range strings.SplitSeq(id, "-") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return fmt.Errorf("%q is not an id: use lower-case letters and digits with single hyphens between", id)
		}
	}
	return nil
}

// checkText refuses what would make the words a person sees differ from the
// words that are signed: other encodings, control characters, carriage returns
// (which some editors add, and which change the digest) and marks that turn the
// direction of writing (CVE-2021-42574, "Trojan Source").
func checkText(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("it is not UTF-8: save it as UTF-8")
	}
	for line := range strings.SplitSeq(text, "\n") {
		for _, r := range line {
			if r == '\r' {
				return errors.New("it has Windows line ends, which change its digest: save it with line feeds only")
			}
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				return fmt.Errorf("it holds the invisible character %U near %q: remove it", r, clip(line))
			}
		}
	}
	return nil
}

func clip(line string) string {
	if runes := []rune(line); len(runes) > 30 {
		return string(runes[:30])
	}
	return line
}

func checkDates(a Agreement) error {
	switch {
	case a.Effective.IsZero():
		return errors.New("it does not say since when it holds: add effective = YYYY-MM-DD")
	case a.ReviewBy.IsZero():
		return errors.New("it does not say when it is reviewed: add review_by = YYYY-MM-DD")
	case a.Effective.Year() < 2000:
		return fmt.Errorf("effective = %s is before any online lesson: correct the year", a.Effective.Format(day))
	case !a.ReviewBy.After(a.Effective):
		return fmt.Errorf("review_by = %s is not after effective = %s: correct one", a.ReviewBy.Format(day), a.Effective.Format(day))
	case a.ReviewBy.After(a.Effective.AddDate(3, 0, 0)):
		return fmt.Errorf("review_by = %s is more than three years after effective = %s: agreements are reviewed yearly", a.ReviewBy.Format(day), a.Effective.Format(day))
	}
	return nil
}

const day = "2006-01-02"

// Check returns what is wrong with a, or nil. A text without clauses is wrong:
// there would be nothing to agree to.
func (a Agreement) Check() error {
	if err := checkID(a.Provider); err != nil {
		return fmt.Errorf("provider: %w", err)
	}
	if !a.Audience.Valid() {
		return fmt.Errorf("audience = %q is none of %v", a.Audience, Audiences())
	}
	if want := a.Provider + "-" + string(a.Audience); a.ID != want {
		return fmt.Errorf("id = %q is not PROVIDER-AUDIENCE: write id = %q", a.ID, want)
	}
	if a.Version < 1 {
		return fmt.Errorf("version = %d: versions count from 1", a.Version)
	}
	if strings.TrimSpace(a.Title) == "" {
		return errors.New("it has no title: add title = \"...\"")
	}
	if err := checkID(strings.ToLower(a.Language)); err != nil {
		return fmt.Errorf("language = %q: write a BCP 47 tag such as en or cy", a.Language)
	}
	if err := checkDates(a); err != nil {
		return err
	}
	if err := checkText(a.Title + "\n" + string(a.Source)); err != nil {
		return err
	}
	if len(a.Clauses()) == 0 {
		return errors.New("it has no clauses to agree to: write at least one line that starts with \"- [ ] \"")
	}
	return nil
}

// Check returns what is wrong with x, or nil.
func (x Acceptance) Check() error {
	digest, err := hex.DecodeString(x.Digest)
	switch {
	case x.Agreement == "" || x.Version < 1 || x.Language == "":
		return errors.New("it does not say which agreement, version and language")
	case err != nil || len(digest) != sha256.Size:
		return errors.New("its digest is not a SHA-256 in hex")
	case !x.Audience.Valid():
		return fmt.Errorf("audience %q is none of %v", x.Audience, Audiences())
	case strings.TrimSpace(x.Name) == "":
		return errors.New("it does not say who agreed")
	case x.Audience == LearnerKS1 && strings.TrimSpace(x.TalkedBy) == "":
		// A child of five to seven does not sign: an adult talks it through.
		return errors.New("it does not say which guardian talked it through")
	case len(x.Clauses) == 0 && !x.Withdraws:
		return errors.New("no clause is ticked")
	case x.At.IsZero():
		return errors.New("it does not say when")
	}
	return checkText(strings.Join(append([]string{x.Agreement, x.Language, x.Name, x.Learner, x.TalkedBy, x.App}, x.Clauses...), "\n"))
}

// Check returns what is wrong with p, or nil. It does not know which agreements
// exist, nor whether p may have a platform: that is for who loads or enrols it.
func (p Profile) Check() error {
	if err := checkID(p.ID); err != nil {
		return fmt.Errorf("id: %w", err)
	}
	if strings.TrimSpace(p.Name) == "" {
		return errors.New("it has no name: add name = \"...\"")
	}
	if err := checkText(p.Name + "\n" + p.Summary + "\n" + p.ReadingHours); err != nil {
		return err
	}
	if p.Website != "" && !secure(p.Website) {
		return fmt.Errorf("website = %q is not an https address", p.Website)
	}
	if p.ReviewBy.IsZero() {
		return errors.New("it does not say when it is reviewed: add review_by = YYYY-MM-DD")
	}
	if len(p.Learners) == 0 {
		return errors.New("it does not say whom it teaches: add learners = [...]")
	}
	for _, audience := range p.Learners {
		if !audience.Learner() {
			return fmt.Errorf("learners: %q is not an audience of learners", audience)
		}
	}
	for _, name := range p.LessonNames {
		if !hostName(name) {
			return fmt.Errorf("lesson_names: %q is not a lower-case host name", name)
		}
	}
	for _, c := range p.Contacts {
		if err := c.Check(); err != nil {
			return fmt.Errorf("contact %q: %w", c.Label, err)
		}
	}
	if p.Platform != nil {
		return p.Platform.Check()
	}
	return nil
}

// Check returns what is wrong with c, or nil.
func (c Contact) Check() error {
	switch c.Role {
	case "safeguarding", "oversight", "office":
	default:
		return fmt.Errorf("role = %q is none of safeguarding, oversight and office", c.Role)
	}
	if strings.TrimSpace(c.Label) == "" {
		return errors.New("it has no label: add label = \"...\"")
	}
	if err := checkText(c.Label + "\n" + c.Note + "\n" + c.Value); err != nil {
		return err
	}
	good := false
	switch c.Kind {
	case "form", "web":
		good = secure(c.Value)
	case "phone":
		good = strings.ContainsAny(c.Value, "0123456789") && strings.Trim(c.Value, "+0123456789 ") == ""
	case "email":
		name, host, _ := strings.Cut(c.Value, "@")
		good = name != "" && hostName(host) && !strings.ContainsAny(name, " ?&<>\"")
	default:
		return fmt.Errorf("kind = %q is none of form, phone, email and web", c.Kind)
	}
	if !good {
		return fmt.Errorf("value = %q does not fit kind = %q: forms and pages need https, telephone numbers digits and spaces, e-mail NAME@HOST", c.Value, c.Kind)
	}
	return nil
}

// Check returns what is wrong with p, or nil. Plain http is for a platform on
// this PC only: what a child reports does not cross a network in the open.
func (p Platform) Check() error {
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("platform: url = %q is not a bare address: write https://HOST", p.URL)
	}
	if u.Scheme != "https" && !p.OnThisPC() {
		return fmt.Errorf("platform: url = %q is not https", p.URL)
	}
	return nil
}

// OnThisPC reports whether p is reached over plain http on this PC, as the
// practice platform is.
func (p Platform) OnThisPC() bool {
	u, err := url.Parse(p.URL)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && hostName(u.Hostname()) && u.User == nil
}

// hostName reports whether s looks like a host name of two labels or more.
// Whether it may be opened for lessons is the filter's to say.
func hostName(s string) bool {
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(labels) > 1 && len(s) <= 253
}
