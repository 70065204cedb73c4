package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/seal"
)

// TestFindByReference opens the message whose sender reads out a code, and says
// no more of those for others than of none.
func TestFindByReference(t *testing.T) {
	w := newWorld(t)
	keep := func(to seal.Identity) resources.Reference {
		t.Helper()
		r := resources.NewReference()
		sealed, err := seal.Seal([]string{to.Recipient()}, resources.KindReport, resources.Report{About: "friend", Words: "secret-words"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.client.Send(t.Context(), w.family.SubmitToken, resources.Message{ID: r.ID(), Kind: resources.KindReport, At: time.Now(), Sealed: sealed}); err != nil {
			t.Fatal(err)
		}
		return r
	}
	ours, theirs := keep(w.safe), keep(w.over)
	b := w.signedIn(w.dsl, &w.dslPass)
	_, list := b.get("/")
	look := func(reference string) (int, string) {
		f := form(list)
		f.Set("reference", reference)
		return b.post("/find", f)
	}
	if status, page := look(strings.ToLower(string(ours))); status != http.StatusOK || !strings.Contains(page, "Report about a friend") || strings.Contains(page, "secret-words") {
		t.Errorf("ours: %d %s", status, page)
	}
	status, page := look(string(theirs))
	wantStatus, want := look(string(resources.NewReference()))
	if status != wantStatus || page != want || status != http.StatusNotFound {
		t.Errorf("one for oversight: %d %s, none at all: %d %s", status, page, wantStatus, want)
	}
	if status, page := look("abc"); status != http.StatusNotFound || !strings.Contains(page, "twelve letters") {
		t.Errorf("no code: %d %s", status, page)
	}
	if status, _ := b.post("/find", url.Values{"reference": {string(ours)}}); status != http.StatusForbidden {
		t.Errorf("a post without the page's token: %d", status)
	}
	if _, page := w.browse(w.dsl).post("/find", url.Values{"reference": {string(ours)}}); !strings.Contains(page, "One-time password") {
		t.Errorf("without signing in: %s", page)
	}
	if r, err := w.client.Receipt(t.Context(), w.family.SubmitToken, ours.ID()); err != nil || r.State != resources.Received {
		t.Errorf("finding opened it: %+v, %v", r, err)
	}
}
