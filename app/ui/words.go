package ui

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"lessonguard/assets"
)

// LanguageVariable is the environment variable that overrides the language.
const LanguageVariable = "LESSONGUARD_LANG"

// Languages lists the languages there are words in (BCP 47); the first is used
// where nothing better is known.
func Languages() []string { return []string{"en", "cy"} }

// ChooseLanguage returns the first of wanted that is one of [Languages], a
// locale such as cy_GB.UTF-8 counting as its language, else the desktop's
// language, else the first.
func ChooseLanguage(wanted ...string) string {
	for _, w := range append(wanted, lang.SystemLocale().String()) {
		if i := strings.IndexAny(w, "_-."); i >= 0 {
			w = w[:i]
		}
		if w = strings.ToLower(w); slices.Contains(Languages(), w) {
			return w
		}
	}
	return Languages()[0]
}

// Speak makes [Text] answer in one of [Languages]. Call it before a screen is
// made.
//
// The toolkit follows the desktop's locale and cannot be told a language, so
// the words are registered under the locale's name, and under English, which
// it falls back on when there is no locale.
func Speak(language string) error {
	data, err := assets.Translations.ReadFile("translations/" + language + ".json")
	if err != nil {
		return fmt.Errorf("speaking %q: the languages are %s", language, strings.Join(Languages(), ", "))
	}
	var words map[string]string
	if err := json.Unmarshal(data, &words); err != nil {
		return fmt.Errorf("reading the words of %q: %w", language, err)
	}
	if err := lang.AddTranslationsForLocale(data, "en"); err != nil {
		return fmt.Errorf("loading the words of %q: %w", language, err)
	}
	if err := lang.AddTranslationsForLocale(data, lang.SystemLocale()); err != nil {
		return fmt.Errorf("loading the words of %q: %w", language, err)
	}
	return nil
}

// Text returns the words for key in the language of [Speak]. args are pairs of
// a name and what stands for {{.Name}} in the words.
func Text(key string, args ...any) string {
	data := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		data[args[i].(string)] = args[i+1]
	}
	return lang.X(key, key, data)
}
