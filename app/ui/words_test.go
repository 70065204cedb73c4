package ui_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lessonguard/app/ui"
	"lessonguard/assets"
)

func load(t *testing.T, language string) map[string]string {
	t.Helper()
	data, err := assets.Translations.ReadFile("translations/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]string
	if err := json.Unmarshal(data, &words); err != nil {
		t.Fatalf("%s: %v", language, err)
	}
	return words
}

var inserts = regexp.MustCompile(`{{\.\w+}}`)

// TestEveryLanguageHasEveryWord has each key in each language, with the same
// inserts, and none empty.
func TestEveryLanguageHasEveryWord(t *testing.T) {
	english := load(t, "en")
	for _, language := range ui.Languages() {
		words := load(t, language)
		for key, en := range english {
			w, ok := words[key]
			if !ok || w == "" {
				t.Errorf("%s lacks %s", language, key)
				continue
			}
			got, want := inserts.FindAllString(w, -1), inserts.FindAllString(en, -1)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(slices.Compact(got), slices.Compact(want)) {
				t.Errorf("%s: %s inserts %q, English %q", language, key, got, want)
			}
			if strings.Count(w, "**")%2 != 0 {
				t.Errorf("%s: %s opens a mark and does not close it", language, key)
			}
		}
		for key := range words {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %s, which English has not", language, key)
			}
		}
	}
}

// TestWordsAndScreensAgree finds keys that a screen asks for and nobody wrote,
// and words that no screen shows. A key that ends in a dot or an underscore is
// the start of one.
func TestWordsAndScreensAgree(t *testing.T) {
	words := load(t, "en")
	key := regexp.MustCompile(`"([a-z_]+\.[A-Za-z0-9_.-]*)"`)
	asked := map[string]bool{"Quit": true} // by the toolkit, at the end of the tray's menu
	starts := []string{}
	var sources []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.Contains(path, "desktop") && !strings.Contains(path, "uitest") {
			sources = append(sources, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The program itself says a few things in the window too, by ui.Text.
	program, err := filepath.Glob("../../*.go")
	if err != nil {
		t.Fatal(err)
	}
	inProgram := regexp.MustCompile(`ui\.Text\("([a-z_]+\.[A-Za-z0-9_.-]*)"`)
	for _, path := range slices.Concat(sources, program) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		pattern := key
		if slices.Contains(program, path) {
			pattern = inProgram
		}
		for _, m := range pattern.FindAllStringSubmatch(string(data), -1) {
			if strings.HasSuffix(m[1], ".") || strings.HasSuffix(m[1], "_") {
				starts = append(starts, m[1])
			} else {
				asked[m[1]] = true
			}
		}
	}
	for k := range asked {
		if _, ok := words[k]; !ok && !strings.HasSuffix(k, ".uk") && !strings.HasSuffix(k, ".com") && !strings.HasSuffix(k, ".otf") {
			t.Errorf("a screen asks for %s, which has no words", k)
		}
	}
	for k := range words {
		if !asked[k] && !slices.ContainsFunc(starts, func(s string) bool { return strings.HasPrefix(k, s) }) {
			t.Errorf("no screen shows %s", k)
		}
	}
}

func TestChooseLanguage(t *testing.T) {
	for _, c := range []struct {
		wanted []string
		want   string
	}{
		{[]string{"cy"}, "cy"},
		{[]string{"cy_GB.UTF-8"}, "cy"},
		{[]string{"", "cy-GB"}, "cy"},
		{[]string{"EN"}, "en"},
		{[]string{"en", "cy"}, "en"},
		{[]string{"klingon", "cy"}, "cy"},
	} {
		if got := ui.ChooseLanguage(c.wanted...); got != c.want {
			t.Errorf("ChooseLanguage(%q) = %q, want %q", c.wanted, got, c.want)
		}
	}
}

func TestSpeak(t *testing.T) {
	for _, c := range []struct{ language, key, want string }{
		{"cy", "ui.back", "Yn ôl"},
		{"en", "ui.back", "Back"}, // and back again in one process
		{"en", "sent.received", "KST <b> has received it"},
	} {
		if err := ui.Speak(c.language); err != nil {
			t.Fatal(err)
		}
		if got := ui.Text(c.key, "Provider", "KST <b>"); got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.key, c.language, got, c.want)
		}
	}
	if err := ui.Speak("fr"); err == nil || !strings.Contains(err.Error(), "en, cy") {
		t.Errorf("speaking French: %v, want an error naming the languages", err)
	}
}
