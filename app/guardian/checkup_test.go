package guardian_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// checker does checkups for tests.
type checker struct {
	last    *filter.CheckupRecord
	lastErr error
	runs    int
	run     func(context.Context, func(filter.CheckupProgress)) (filter.CheckupRecord, error)
	printed int
	opened  []string
	err     error // of printing and opening
}

func (c *checker) Run(ctx context.Context, progress func(filter.CheckupProgress)) (filter.CheckupRecord, error) {
	c.runs++
	return c.run(ctx, progress)
}

func (c *checker) Last(context.Context) (filter.CheckupRecord, bool, error) {
	if c.last == nil {
		return filter.CheckupRecord{}, false, c.lastErr
	}
	return *c.last, true, c.lastErr
}

func (c *checker) Print(context.Context, filter.CheckupRecord) (string, error) {
	c.printed++
	return "/home/priya/Documents/checkup-2026-11-21.html", c.err
}

func (c *checker) OpenURL(url string) error {
	c.opened = append(c.opened, url)
	return c.err
}

func pass(check filter.CheckupCheck, say string) filter.CheckupResult {
	return filter.CheckupResult{Check: check, Outcome: filter.CheckupPass, Say: say}
}

// trouble is a record with something of every kind.
func trouble() filter.CheckupRecord {
	return filter.CheckupRecord{At: uitest.Noon(), Account: "priya", Results: []filter.CheckupResult{
		pass(filter.CheckService, "service_on"),
		pass(filter.CheckAsked, "asked_yes"),
		{Check: filter.CheckCategories, Outcome: filter.CheckupFail, Say: "categories_leak", Categories: []filter.Category{filter.Gambling, filter.Drugs}},
		{Check: filter.CheckRestricted, Outcome: filter.CheckupWarn, Say: "restricted_none"},
		{Check: filter.CheckBrowsers, Outcome: filter.CheckupFail, Say: "browsers_own", Things: []string{"Firefox"}},
		{Check: filter.CheckHelp, Outcome: filter.CheckupPass, Say: "help_open", Count: 48, Of: 48},
		{Check: filter.CheckBroadband, Outcome: filter.CheckupNotChecked, Say: "broadband_unknown", Guides: []string{"https://www.internetmatters.org/parental-controls/", "https://saferinternet.org.uk/"}},
		{Check: filter.CheckBoot, Outcome: filter.CheckupNotChecked, Say: filter.CheckupSlow},
	}}
}

func fine() filter.CheckupRecord {
	return filter.CheckupRecord{At: uitest.Noon(), Account: "priya", Results: []filter.CheckupResult{
		pass(filter.CheckService, "service_on"), pass(filter.CheckAsked, "asked_yes"), pass(filter.CheckClock, "clock_right"),
	}}
}

func TestCheckupPictures(t *testing.T) {
	looks, all := uitest.Looks(), uitest.AllLooks()
	found, well := trouble(), fine()
	for _, c := range []struct {
		name  string
		looks []uitest.Look
		check *checker
	}{
		{"checkup", all, &checker{last: &found}},
		{"checkup-fine", looks[:1], &checker{last: &well}},
		{"checkup-none", looks, &checker{}},
	} {
		uitest.Pictures(t, c.name, c.looks, func(*testing.T) fyne.CanvasObject {
			return guardian.NewCheckup(config(nil), c.check, func() {}).Content()
		})
	}
}

// press presses the button with the given words.
func press(t *testing.T, w fyne.Window, key string, args ...any) {
	t.Helper()
	b := focus(t, w, func(f fyne.Focusable) bool {
		b, ok := f.(*ui.Button)
		return ok && b.Text() == ui.Text(key, args...)
	})
	test.Type(b, " ")
}

func openCheckup(t *testing.T, c *checker, change ...func(*guardian.Config)) fyne.Window {
	t.Helper()
	return uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		config := config(nil)
		for _, f := range change {
			f(&config)
		}
		return guardian.NewCheckup(config, c, func() {}).Content()
	})
}

func TestCheckupRuns(t *testing.T) {
	c := &checker{}
	var shown []string
	var w fyne.Window
	c.run = func(_ context.Context, progress func(filter.CheckupProgress)) (filter.CheckupRecord, error) {
		for i := range 3 {
			progress(filter.CheckupProgress{Done: i, Of: 16})
			shown = append(shown, uitest.Text(w.Content()))
		}
		return trouble(), nil
	}
	w = openCheckup(t, c)
	press(t, w, "checkup.run")
	if c.runs != 1 || !strings.Contains(shown[2], "Checking: 2 of 16") || !strings.Contains(shown[2], "Stop") {
		t.Fatalf("%d runs; while it ran:\n%s", c.runs, strings.Join(shown, "\n--\n"))
	}
	got := uitest.Text(w.Content())
	order := -1
	for _, want := range []string{
		"Things to put right: 2.", "Put right", "These should be closed and are not: Gambling, Drugs",
		"Restart the computer, so that it asks the filter", "set to ask a DNS service of their own: Firefox",
		"Look at these", "No child-abuse-image list is loaded; your broadband provider may have one",
		"Not checked", "Not found out in time: starting with the computer",
		"As it should be", "The filter is running", "All 48 help services can be found", "What this reads",
	} {
		i := strings.Index(got, want)
		if i < order || i < 0 {
			t.Errorf("%q is missing, or out of order:\n%s", want, got)
		}
		order = i
	}

	press(t, w, "checkup.guide", "Host", "saferinternet.org.uk")
	if len(c.opened) != 1 || c.opened[0] != "https://saferinternet.org.uk/" {
		t.Errorf("opened %q", c.opened)
	}
	press(t, w, "checkup.print")
	if c.printed != 1 || !strings.Contains(uitest.Text(w.Content()), "Saved as /home/priya/Documents/checkup-2026-11-21.html.") {
		t.Errorf("printed %d times; shown:\n%s", c.printed, uitest.Text(w.Content()))
	}
	c.err = errors.New("writing the page: no space left on device")
	press(t, w, "checkup.print")
	if got := uitest.Text(w.Content()); !strings.Contains(got, "no space left on device") {
		t.Errorf("a page that could not be written:\n%s", got)
	}
}

// TestCheckupIsKept: what was found is shown though it could not be kept.
func TestCheckupNotKept(t *testing.T) {
	c := &checker{run: func(context.Context, func(filter.CheckupProgress)) (filter.CheckupRecord, error) {
		return fine(), errors.New("keeping checkup: no space left on device")
	}}
	w := openCheckup(t, c)
	press(t, w, "checkup.run")
	got := uitest.Text(w.Content())
	for _, want := range []string{"Nothing needs mending.", "This checkup could not be kept.", "no space left on device"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
}

// TestCheckupStops: Stop ends it, and what the last one found stays.
func TestCheckupStops(t *testing.T) {
	last := fine()
	c := &checker{last: &last}
	var w fyne.Window
	c.run = func(ctx context.Context, _ func(filter.CheckupProgress)) (filter.CheckupRecord, error) {
		press(t, w, "checkup.stop")
		return filter.CheckupRecord{}, ctx.Err()
	}
	w = openCheckup(t, c)
	press(t, w, "checkup.again")
	if got := uitest.Text(w.Content()); !strings.Contains(got, "The checkup was stopped.") || !strings.Contains(got, "Nothing needs mending.") {
		t.Errorf("stopped:\n%s", got)
	}
}

func TestCheckupDamaged(t *testing.T) {
	last := fine()
	w := openCheckup(t, &checker{last: &last, lastErr: errors.New("reading checkup: x.json is damaged: it was set aside as x.json.damaged-1")})
	if got := uitest.Text(w.Content()); !strings.Contains(got, "set aside as x.json.damaged-1") || !strings.Contains(got, "Nothing needs mending.") {
		t.Errorf("beside a damaged record:\n%s", got)
	}
}

// TestCheckupUnchecked: what could not be looked into is not called well.
func TestCheckupUnchecked(t *testing.T) {
	last := fine()
	last.Results = append(last.Results, filter.CheckupResult{Check: filter.CheckBoot, Outcome: filter.CheckupNotChecked, Say: "boot_unknown"})
	w := openCheckup(t, &checker{last: &last})
	if got := uitest.Text(w.Content()); strings.Contains(got, "Nothing needs mending.") || !strings.Contains(got, "Not checked: 1.") {
		t.Errorf("with something not checked:\n%s", got)
	}
}
