package texts_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"lessonguard/agreements"
	"lessonguard/agreements/texts"
	"lessonguard/assets"
)

// load loads what ships with the program.
func load(t *testing.T) *texts.Texts {
	t.Helper()
	all, err := texts.Load(assets.Agreements, assets.Profiles)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestShipped(t *testing.T) {
	all := load(t)
	files, err := fs.Glob(assets.Agreements, "agreements/*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	if got := len(all.All()); got != len(files) || got == 0 {
		t.Errorf("loaded %d agreements from %d files", got, len(files))
	}
	for _, p := range all.Profiles() {
		if p.Practice != (p.ID == "demo") {
			t.Errorf("%s: practice = %v", p.ID, p.Practice)
		}
		if p.Platform != nil && !p.Platform.OnThisPC() {
			t.Errorf("%s: platform %s is not on this PC", p.ID, p.Platform.URL)
		}
		// Whom a learner can be told to agree with, they can.
		for _, audience := range append(p.Learners, agreements.Guardian) {
			a, ok := all.For(p.ID, audience, "en")
			if !ok || a.Audience != audience || a.Provider != p.ID {
				t.Errorf("For(%s, %s) = %v, %v", p.ID, audience, a, ok)
			}
		}
		if got := all.ByProvider(p.ID, "en"); len(got) != len(p.Agreements) {
			t.Errorf("ByProvider(%s) = %d agreements, the profile names %d", p.ID, len(got), len(p.Agreements))
		}
	}
}

func TestFind(t *testing.T) {
	all := load(t)
	for _, tt := range []struct{ id, language, want string }{
		{"general-guardian", "en", "en"},
		{"general-guardian", "cy", "cy"},
		{"general-guardian", "pl", "en"}, // not translated
		{"general-tutor", "cy", "en"},
		{"general-nobody", "en", ""},
	} {
		a, ok := all.Find(tt.id, tt.language)
		if ok != (tt.want != "") || a.Language != tt.want {
			t.Errorf("Find(%s, %s) = %v, %v, want language %q", tt.id, tt.language, a, ok, tt.want)
		}
	}
	a, _ := all.Find("general-guardian", "en")
	file, err := assets.Agreements.ReadFile("agreements/general/guardian.md")
	if err != nil || string(a.Source) != string(file) {
		t.Errorf("the source of %s is not its file (%v): acceptances would be of another text", a, err)
	}
	if got := a.Effective.Format("2006-01-02 15:04 MST"); got != "2026-11-21 00:00 UTC" {
		t.Errorf("effective = %s", got)
	}
	if _, ok := all.Version("general-guardian", "en", 2); ok {
		t.Error("found a version that was never published")
	}
}

const (
	guardian = "agreements/acorn/guardian.md"
	learner  = "agreements/acorn/learner-ks2.md"
	profile  = "profiles/acorn.toml"
)

// small returns one provider with two agreements: a valid start for mistakes.
func small(t *testing.T) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{guardian, learner, profile} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

func TestLoadRefuses(t *testing.T) {
	if _, err := texts.Load(small(t), small(t)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"no front matter", guardian, "+++\nid", "id", "no front matter"},
		{"front matter left open", guardian, "2027-09-01\n+++", "2027-09-01", "no front matter"},
		{"a misspelt key", guardian, "title", "titel", `"titel"`},
		{"TOML broken", guardian, "version = 1", "version = ", "line 5"},
		{"another id", guardian, "acorn-guardian", "acorn-guardians", `write id = "acorn-guardian"`},
		{"another provider", guardian, `provider = "acorn"`, `provider = "oak"`, `write id = "oak-guardian"`},
		{"no such audience", guardian, `audience = "guardian"`, `audience = "parent"`, "parent"},
		{"version zero", guardian, "version = 1", "version = 0", "count from 1"},
		{"version missing", guardian, "version = 1\n", "", "count from 1"},
		{"no title", guardian, `title = "Your agreement with Acorn"`, `title = " "`, "no title"},
		{"no language", guardian, `language = "en"`, "", "BCP 47"},
		{"no date", guardian, "effective = 2026-09-01", "", "since when"},
		{"no review", guardian, "review_by = 2027-09-01", "", "when it is reviewed"},
		{"review before", guardian, "2027-09-01", "2026-09-01", "not after"},
		{"review far away", guardian, "2027-09-01", "2207-09-01", "reviewed yearly"},
		{"no clauses", guardian, "- [ ]", "-", "no clauses"},
		{"Windows line ends", guardian, "lesson.\n", "lesson.\r\n", "line feeds"},
		{"turned writing", guardian, "lesson.", "lesson.\u202e", "U+202E"},
		{"not UTF-8", guardian, "lesson.", "lesson\xff", "UTF-8"},
		{"no English text", guardian, `language = "en"`, `language = "cy"`, "guardian.cy.md"},
		{"profile in the wrong file", profile, `id = "acorn"`, `id = "oak"`, "profiles/oak.toml"},
		{"profile with a misspelt key", profile, "learners", "lerners", `"lerners"`},
		{"profile without a name", profile, `name = "Acorn"`, "", "no name"},
		{"profile names a missing agreement", profile, `"acorn-guardian",`, `"acorn-guardian", "acorn-tutor",`, "acorn-tutor"},
		{"profile names another provider's", profile, `"acorn-guardian"`, `"oak-guardian"`, "oak-guardian"},
		{"a learner without an agreement", profile, `learners = ["learner-ks2"]`, `learners = ["learner-ks1", "learner-ks2"]`, "acorn-learner-ks1"},
		{"nobody taught", profile, `learners = ["learner-ks2"]`, "", "whom it teaches"},
		{"a tutor taught", profile, `learners = ["learner-ks2"]`, `learners = ["tutor"]`, "tutor"},
		{"lesson name with a path", profile, "lesson_names = []", `lesson_names = ["acorn.example/room"]`, "acorn.example/room"},
		{"lesson name that is a suffix", profile, "lesson_names = []", `lesson_names = ["com"]`, `"com"`},
		{"website in the open", profile, "https://acorn.example", "http://acorn.example", "not an https address"},
		{"form in the open", profile, "https://report.acorn.example", "http://report.acorn.example", "does not fit"},
		{"form that runs", profile, "https://report.acorn.example", "javascript:alert(1)", "does not fit"},
		{"unknown role", profile, `role = "safeguarding"`, `role = "boss"`, "boss"},
		{"unknown kind", profile, `kind = "form"`, `kind = "fax"`, "fax"},
		{"contact without a label", profile, `label = "Report a concern"`, "", "no label"},
		{"a platform that came with the program", profile, "# platform", "[platform]\nurl = \"https://acorn.example\"", "when they enrol"},
		{"a platform in the open", profile, "# platform", "[platform]\nurl = \"http://acorn.example\"", "not https"},
		{"a platform with a path", profile, "# platform", "[platform]\nurl = \"https://acorn.example/x\"", "bare address"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := small(t)
			file := fsys[tt.file]
			changed := strings.ReplaceAll(string(file.Data), tt.old, tt.new)
			if changed == string(file.Data) {
				t.Fatalf("%q is not in %s", tt.old, tt.file)
			}
			fsys[tt.file] = &fstest.MapFile{Data: []byte(changed)}
			_, err := texts.Load(fsys, fsys)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "acorn") {
				t.Errorf("Load = %v, want an error naming the file and %s", err, tt.want)
			}
		})
	}
}

func TestLoadFiles(t *testing.T) {
	fsys := small(t)
	text := fsys[guardian].Data
	version2 := []byte(strings.Replace(string(text), "version = 1", "version = 2", 1))
	welsh := []byte(strings.Replace(string(text), `language = "en"`, `language = "cy"`, 1))
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"an earlier version kept", fstest.MapFS{guardian: {Data: version2}, "agreements/acorn/guardian.v1.md": {Data: text}}, ""},
		{"a translation", fstest.MapFS{"agreements/acorn/guardian.cy.md": {Data: welsh}}, ""},
		{"the same version twice", fstest.MapFS{"agreements/acorn/guardian.v1.md": {Data: text}}, "there twice"},
		{"a translation of nothing", fstest.MapFS{guardian: {Data: version2}, "agreements/acorn/guardian.cy.md": {Data: welsh}}, "no English text"},
		{
			"a translation that asks less",
			fstest.MapFS{"agreements/acorn/guardian.cy.md": {Data: []byte(strings.Replace(string(welsh), "- [ ] ", "- ", 1))}},
			"clauses",
		},
		{"a stray file", fstest.MapFS{"agreements/acorn/guardian.txt": {Data: text}}, "guardian.txt"},
		{"a text in another provider's folder", fstest.MapFS{"agreements/oak/guardian.md": {Data: text}}, "agreements/acorn/guardian.md"},
		{"a text that is no text", fstest.MapFS{"agreements/acorn/guardian.md": {Data: make([]byte, 1<<20)}}, "larger than"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := small(t)
			for name, file := range tt.files {
				fsys[name] = file
			}
			all, err := texts.Load(fsys, fsys)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Load = %v, want %s", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if a, _ := all.Find("acorn-guardian", "en"); string(a.Source) != string(fsys[guardian].Data) {
				t.Errorf("Find returned %s, want the newest", a)
			}
			if a, ok := all.Version("acorn-guardian", "en", 1); !ok || a.Version != 1 {
				t.Errorf("Version = %v, %v", a, ok)
			}
		})
	}
}

func TestWith(t *testing.T) {
	fsys := small(t)
	before, err := texts.Load(fsys, fsys)
	if err != nil {
		t.Fatal(err)
	}
	enrolled := []byte(strings.Replace(string(fsys[profile].Data), "# platform", "[platform]\nurl = \"https://reports.acorn.example\"", 1))
	p, err := texts.ParseProfile("enrolled", enrolled)
	if err != nil {
		t.Fatal(err)
	}
	after, err := before.With(p)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := after.Profile("acorn"); got.Platform == nil || len(after.Profiles()) != 1 {
		t.Errorf("after enrolment: %v of %d profiles", got, len(after.Profiles()))
	}
	if got, _ := before.Profile("acorn"); got.Platform != nil {
		t.Error("With changed what it was called on")
	}
	tutor, err := texts.ParseAgreement("tutor.md", []byte(strings.NewReplacer(`"guardian"`, `"tutor"`, "acorn-guardian", "acorn-tutor").Replace(string(fsys[guardian].Data))))
	if err != nil {
		t.Fatal(err)
	}
	if more, err := before.With(p, tutor); err != nil || len(more.All()) != 3 {
		t.Errorf("With a third agreement: %v", err)
	}
	p.ID = "oak"
	if _, err := before.With(p, tutor); err == nil {
		t.Error("a profile brought another provider's agreement")
	}
	if _, err := before.With(p); err == nil || !strings.Contains(err.Error(), "oak") {
		t.Errorf("With = %v, want an error: oak has no agreements", err)
	}
}

// FuzzParseAgreement shows that no text from a provider stops the program, and
// that what is shown is what is signed.
func FuzzParseAgreement(f *testing.F) {
	data, err := os.ReadFile("testdata/" + guardian)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("+++\n+++\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := texts.ParseAgreement("x.md", data)
		if err != nil {
			if !strings.Contains(err.Error(), "x.md") {
				t.Errorf("error does not name the file: %v", err)
			}
			return
		}
		if string(a.Source) != string(data) || len(a.Clauses()) == 0 || !strings.HasSuffix(string(data), a.Body) {
			t.Errorf("accepted %q as %v", data, a)
		}
		if got := texts.Changes(a, a); len(got) != 0 {
			t.Errorf("Changes from a text to itself = %v", got)
		}
	})
}
