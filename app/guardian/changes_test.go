package guardian_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// audited is what an afternoon leaves in the audit log, and n entries more.
func audited(n int) []filter.AuditEntry {
	all := []filter.AuditEntry{
		{At: uitest.Noon(), Account: "priya", What: "The filter's settings were changed: rules: 1 added."},
		{At: uitest.Noon().Add(-time.Hour), Account: "leo", What: "Lesson mode was started until 12:00."},
		{At: uitest.Noon().Add(-2 * time.Hour), What: "The filter lost its hook."},
	}
	for i := range n {
		all = append(all, filter.AuditEntry{At: uitest.Noon().AddDate(0, 0, -i-1), Account: "leo", What: fmt.Sprintf("A wrong PIN was given (%d).", i)})
	}
	return all
}

// TestChanges are shown to whoever has the PIN, and to nobody who comes after.
func TestChanges(t *testing.T) {
	s := newService()
	s.audit = audited(12)
	h, w := sitDown(t, s)
	count := func() int { return strings.Count(uitest.Text(w.Content()), " at ") }
	before := count()
	uitest.Press(t, w.Content(), "changes.title")
	pin, ok := w.Canvas().Focused().(*ui.Entry)
	if !ok || count() != before {
		t.Fatalf("without the PIN is shown:\n%s", uitest.Text(w.Content()))
	}
	pin.SetText(s.pin)
	pin.TypedKey(enter)
	if got := count() - before; got != 10 || !strings.Contains(uitest.Text(w.Content()), "leo, 21 November 2026 at 11:00") {
		t.Errorf("%d are shown at first:\n%s", got, uitest.Text(w.Content()))
	}
	if !strings.Contains(uitest.Text(w.Content()), "Lessonguard, 21 November 2026") {
		t.Error("what the service did itself has no name")
	}
	uitest.Press(t, w.Content(), ui.Text("notice.more", "Count", 5))
	if got := count() - before; got != 15 {
		t.Errorf("%d are shown of 15", got)
	}
	h.Show(working(), nil)
	if got := count() - before; got != 15 {
		t.Errorf("%d are shown once the filter has said something", got)
	}
	h.Reload() // the page is left and shown again
	if count() != before {
		t.Errorf("whoever comes next sees:\n%s", uitest.Text(w.Content()))
	}
	s.audit = nil
	uitest.Press(t, w.Content(), "changes.title")
	if !strings.Contains(uitest.Text(w.Content()), ui.Text("changes.none")) {
		t.Errorf("an empty log is shown as:\n%s", uitest.Text(w.Content()))
	}
	uitest.Press(t, w.Content(), "changes.close")
	s.err = errors.New("the audit log is damaged")
	uitest.Press(t, w.Content(), "changes.title")
	if !strings.Contains(uitest.Text(w.Content()), "The audit log is damaged.") {
		t.Errorf("what is wrong is not said:\n%s", uitest.Text(w.Content()))
	}
}

// TestNoticesInFull shows the last few, and all of them when asked.
func TestNoticesInFull(t *testing.T) {
	s := newService()
	s.notices = happened()
	h, w := sitDown(t, s)
	noted := working()
	noted.Noticed = uitest.Noon()
	h.Show(noted, nil)
	last := ui.Text("notice.kind." + string(filter.NoticeResolvers))
	if strings.Contains(uitest.Text(w.Content()), last) {
		t.Error("all are shown at once")
	}
	uitest.Press(t, w.Content(), ui.Text("notice.more", "Count", 2))
	if !strings.Contains(uitest.Text(w.Content()), last) {
		t.Errorf("not all are shown:\n%s", uitest.Text(w.Content()))
	}
	if uitest.Find(w.Content(), ui.Text("notice.more", "Count", 2)) != nil {
		t.Error("more are offered than there are")
	}
}

func TestChangesPictures(t *testing.T) {
	uitest.Pictures(t, "changes", uitest.AllLooks(), func(t *testing.T) fyne.CanvasObject {
		s := newService()
		s.audit, s.locked = audited(12), false
		h := guardian.NewHome(config(s), household)
		h.Show(working(), nil)
		uitest.Press(t, h.Content(), "changes.title")
		return ui.Page(guardian.ChangesOf(h))
	})
	asked := working()
	asked.Requests = 2
	uitest.Pictures(t, "home-asked", uitest.AllLooks(), func(*testing.T) fyne.CanvasObject {
		h := guardian.NewHome(config(newService()), household)
		h.Show(asked, nil)
		return h.Content()
	})
}
