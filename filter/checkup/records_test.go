package checkup_test

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/checkup"
)

func record(at time.Time) filter.CheckupRecord {
	sayings := checkup.Sayings()
	leak := sayings["categories_leak"]
	leak.Categories = []filter.Category{filter.Gambling, filter.Drugs}
	guide := sayings["broadband_unknown"]
	guide.Guides = []string{"https://guide.example/"}
	own := sayings["browsers_own"]
	own.Things = []string{"<b>Chrome</b>"}
	return filter.CheckupRecord{At: at, Account: "priya", Results: []filter.CheckupResult{
		sayings["asked_yes"], leak, own, guide, {Check: filter.CheckBoot, Outcome: filter.CheckupNotChecked, Say: filter.CheckupSlow},
	}}
}

func TestRecords(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lessonguard")
	kept := checkup.NewRecords(dir)
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	if _, ok, err := kept.Last(noon); ok || err != nil {
		t.Errorf("Last of none = %v, %v", ok, err)
	}
	for i := range checkup.Kept + 3 {
		if err := kept.Keep(record(noon.Add(time.Duration(i) * time.Hour))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "checkup-notes.json"), []byte("ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob(filepath.Join(dir, "checkup-2026*.json"))
	if err != nil || len(all) != checkup.Kept {
		t.Errorf("%d kept, %v, want %d", len(all), err, checkup.Kept)
	}
	newest := noon.Add((checkup.Kept + 2) * time.Hour)
	if got, ok, err := kept.Last(noon); !ok || err != nil || !got.At.Equal(newest) || len(got.Results) != 5 {
		t.Errorf("Last = %+v, %v, %v", got, ok, err)
	}
	for i, damage := range []string{`{"at":"2026`, `{}`, `{"at":"2026-11-21T12:00:00Z","results":[{"check":"asked","outcome":"pass","say":"asked_no"}]}`, `{"at":"2026-11-21T12:00:00Z","results":[{"check":"<b>","outcome":"not-checked","say":"slow"}]}`} {
		path := filepath.Join(dir, newest.Add(time.Duration(i+1)*time.Hour).Format("checkup-20060102T150405Z")+".json")
		if err := os.WriteFile(path, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		got, ok, err := kept.Last(noon)
		if !ok || !got.At.Equal(newest) || err == nil || !strings.Contains(err.Error(), filepath.Base(path)+" is damaged: it was set aside as "+filepath.Base(path)+".damaged-") {
			t.Errorf("Last beside %s = %v, %v, %v, want the one before, and where the damaged one is", damage, got.At, ok, err)
		}
		aside, err := filepath.Glob(path + ".damaged-*")
		if err != nil || len(aside) != 1 {
			t.Fatalf("set aside as %v, %v", aside, err)
		}
		if data, err := os.ReadFile(aside[0]); err != nil || string(data) != damage {
			t.Errorf("set aside %q, %v", data, err)
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "checkup-notes.json")); err != nil || string(data) != "ours" {
		t.Errorf("somebody else's file: %q, %v", data, err)
	}
}

// in says words in a language as the program does.
func in(t *testing.T, language string) checkup.Text {
	t.Helper()
	words := load(t, language)
	return func(key string, inserts ...any) string {
		said, ok := words[key]
		if !ok {
			t.Errorf("%s has no words", key)
		}
		for i := 0; i < len(inserts); i += 2 {
			said = strings.ReplaceAll(said, fmt.Sprintf("{{.%v}}", inserts[i]), fmt.Sprint(inserts[i+1]))
		}
		return said
	}
}

func TestPage(t *testing.T) {
	r := record(time.Date(2026, 11, 21, 12, 0, 0, 0, time.Local))
	for _, language := range []string{"en", "cy"} {
		text := in(t, language)
		var page, plain bytes.Buffer
		if err := checkup.WritePage(&page, r, language, text); err != nil {
			t.Fatal(err)
		}
		if err := checkup.Write(&plain, r, text); err != nil {
			t.Fatal(err)
		}
		for what, got := range map[string]string{"page": html.UnescapeString(page.String()), "text": plain.String()} {
			for _, want := range []string{text("checkup.title"), text("category.gambling"), "priya", "2026", "12:00", "https://guide.example/", text("checkup.check.boot")} {
				if !strings.Contains(got, want) {
					t.Errorf("%s in %s lacks %q:\n%s", what, language, want, got)
				}
			}
			if strings.Contains(got, "{{") || strings.Contains(got, "<no value>") {
				t.Errorf("%s in %s lacks what it inserts:\n%s", what, language, got)
			}
			if strings.Index(got, text("category.gambling")) > strings.Index(got, text("checkup.say.asked_yes")) {
				t.Errorf("%s in %s does not begin with the problems:\n%s", what, language, got)
			}
		}
		got := page.String()
		if strings.Contains(got, "<b>Chrome") || !strings.Contains(got, "&lt;b&gt;Chrome") {
			t.Errorf("what a browser is called is taken for HTML:\n%s", got)
		}
		if !strings.Contains(got, `<html lang="`+language+`">`) || strings.Contains(got, "src=") || strings.Contains(got, "url(") || strings.Contains(got, "<script") {
			t.Errorf("a page that loads something, or is in no language:\n%s", got)
		}
	}
}
