package guardian_test

import (
	"strings"
	"testing"

	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
)

// TestNoLists: a filter that runs without any list says so, and one with lists
// does not.
func TestNoLists(t *testing.T) {
	h, w := sitDown(t, newService())
	for _, lists := range []int{23, 0} {
		s := working()
		s.Lists = lists
		h.Show(s, nil)
		if got := strings.Contains(uitest.Text(w.Content()), ui.Text("checkup.say.lists_none")); got != (lists == 0) {
			t.Errorf("with %d lists it says that there is none: %v", lists, got)
		}
	}
}
