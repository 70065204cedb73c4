package index_test

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/index"
	"lessonguard/filter/lists"
)

// readable is the check of what was fetched: it is read as it will be for the
// index, and its names are counted.
func readable(l catalogue.Published, list io.Reader, include func(string) (fs.File, error)) (int, error) {
	format, err := lists.ParseFormat(l.Format)
	if err != nil {
		return 0, err
	}
	sum, err := lists.Read(list, lists.Config{Name: l.ID, Format: format, Include: include}, func([]byte, bool) {})
	return sum.Entries, err
}

// TestFetchedLists: from a publisher's server to the decision.
func TestFetchedLists(t *testing.T) {
	data := map[string]string{
		"/hosts": "0.0.0.0 bad.example\n", "/data/games": "include:steam\ngame.example\n", "/data/steam": "full:steam.example\n",
		"/portal": "<!DOCTYPE html>\n<p>Sign in</p>\n",
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, ok := data[r.URL.Path]; ok {
			_, _ = io.WriteString(w, text)
			return
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	all := []catalogue.Published{
		{ID: "bad", Category: filter.Malware, URL: server.URL + "/hosts", Format: "hosts"},
		{ID: "games", Category: filter.Games, URL: server.URL + "/data/games", Format: "v2fly"},
		{ID: "portal", Category: filter.Games, URL: server.URL + "/portal", Format: "plain"},
	}
	dir := t.TempDir()
	var states []catalogue.State
	for _, l := range all {
		s, err := catalogue.Fetch(t.Context(), catalogue.FetchConfig{Dir: dir, HTTP: server.Client(), Now: time.Now, Check: readable}, l)
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, s)
	}
	if states[0].Names != 1 || states[1].Names != 2 || states[2].Condition != catalogue.Failed || !strings.Contains(states[2].Why, "web page") {
		t.Errorf("%+v", states)
	}
	from, err := catalogue.Fetched(dir, all, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	lists, _ := sources(t, from)
	path, _ := build(t, index.Config{Lists: lists})
	x := open(t, path)
	games := filter.CategoriesOf(filter.Games)
	for name, want := range map[filter.Name]filter.Mark{
		"bad.example": {Under: filter.CategoriesOf(filter.Malware)}, "game.example": {Under: games}, "steam.example": {Only: games},
	} {
		if got := x.Lookup(hash(name)); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}
