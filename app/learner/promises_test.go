package learner_test

import (
	"io/fs"
	"path"
	"regexp"
	"testing"

	"lessonguard/assets"
)

// promise finds the words that no screen may say: nothing on a shared computer
// is secret, and nothing leaves no trace. A Welsh word begins as mutation has it.
var promise = regexp.MustCompile(`(?i)secret|(no|any|without a|without) trace|untraceable|` +
	`(c|g|ch|ngh)yfrinach|(dim|heb|unrhyw) (adael )?ôl($|[^[:alpha:]])`)

// TestNoPromise reads every word that the program can show a learner or a
// guardian. A tutor's agreement says that no secret is promised.
func TestNoPromise(t *testing.T) {
	read := 0
	for _, files := range []fs.FS{assets.Translations, assets.Agreements, assets.Privacy, assets.Services} {
		err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Base(name) == "tutor.md" {
				return err
			}
			data, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			read++
			for _, at := range promise.FindAllIndex(data, -1) {
				t.Errorf("%s promises: …%s…", name, data[max(0, at[0]-60):min(len(data), at[1]+60)])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 50 {
		t.Errorf("read %d files: where are the words?", read)
	}
}

// TestPromiseIsFound is for the pattern: it has to know a promise when it sees one.
func TestPromiseIsFound(t *testing.T) {
	for text, want := range map[string]bool{
		"It is a secret.":                   true,
		"SECRET pictures":                   true,
		"Lessonguard leaves no trace.":      true,
		"It goes without a trace":           true,
		"Mae'n gyfrinach.":                  true,
		"luniau cyfrinachol":                true,
		"Does dim ôl ohono.":                true,
		"heb adael ôl":                      true,
		"Lessonguard keeps no record.":      false,
		"Teipia'r cyfrinair.":               false,
		"Does dim ôlraddedigion yn y wers.": false,
		"They cannot trace your call.":      false,
	} {
		if got := promise.MatchString(text); got != want {
			t.Errorf("%q: promise = %v, want %v", text, got, want)
		}
	}
}
