package catalogue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
)

// A publisher is a server of lists that does as it is told.
type publisher struct {
	*httptest.Server
	mu    sync.Mutex
	serve http.HandlerFunc
	asked []*http.Request
}

func newPublisher(t *testing.T) *publisher {
	p := &publisher{}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r)
		serve := p.serve
		p.mu.Unlock()
		serve(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) does(serve http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serve, p.asked = serve, nil
}

func (p *publisher) last() *http.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[len(p.asked)-1]
}

// has serves content with an ETag of it, whole, in part or not at all.
func has(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, len(content)))
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	}
}

// breaksOff serves the first bytes of content and cuts the connection.
func breaksOff(content string, after int, etag string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = io.WriteString(w, content[:after])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// checkLines is a check that takes every line for a name, and follows includes.
func checkLines(_ catalogue.Published, list io.Reader, include func(string) (fs.File, error)) (names int, err error) {
	data, err := io.ReadAll(list)
	if err != nil {
		return 0, err
	}
	if bytes.HasPrefix(data, []byte("<")) {
		return 0, errors.New("this is a web page")
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		other, ok := strings.CutPrefix(line, "include:")
		if !ok {
			names++
			continue
		}
		file, err := include(other)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		n, err := checkLines(catalogue.Published{}, file, include)
		_ = file.Close()
		if names += n; err != nil {
			return 0, err
		}
	}
	return names, nil
}

func lines(n int) string { return strings.Repeat("name.example\n", n) }

// fetching is a publisher, a list of its, and how it is fetched.
type fetching struct {
	*publisher
	catalogue.FetchConfig
	list catalogue.Published
	now  time.Time
}

func newFetching(t *testing.T) *fetching {
	p := newPublisher(t)
	f := &fetching{
		publisher: p, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
		list: catalogue.Published{ID: "list-1", Title: "List", Category: filter.Games, URL: p.URL + "/data/games", Format: "plain"},
	}
	f.FetchConfig = catalogue.FetchConfig{
		Dir: t.TempDir(), HTTP: p.Client(), Now: func() time.Time { return f.now }, Check: checkLines, Version: 1,
	}
	return f
}

func (f *fetching) fetch(t *testing.T) catalogue.State {
	t.Helper()
	s, err := catalogue.Fetch(t.Context(), f.FetchConfig, f.list)
	if err != nil {
		t.Fatal(err)
	}
	if on, err := catalogue.States(f.Dir, []catalogue.Published{f.list}, f.now); err != nil || on[0].Condition != s.Condition || on[0].Copy != s.Copy || on[0].Why != s.Why {
		t.Errorf("the state on the disk is %+v, %v, want %+v", on, err, s)
	}
	return s
}

// kept returns what is in force of the list; empty, if nothing is.
func (f *fetching) kept(t *testing.T) string {
	t.Helper()
	all, err := catalogue.Fetched(f.Dir, []catalogue.Published{f.list}, f.now)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		return ""
	}
	data, err := fs.ReadFile(all[0].Files, all[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFetch(t *testing.T) {
	f := newFetching(t)
	var seen []catalogue.Progress
	f.Progress = func(p catalogue.Progress) { seen = append(seen, p) }
	f.does(has(lines(10)))
	if s := f.fetch(t); s.Condition != catalogue.Fresh || s.Names != 10 || !s.Fetched.Equal(f.now) || !s.Confirmed.Equal(f.now) {
		t.Errorf("the first time: %+v", s)
	}
	if size := int64(len(lines(10))); len(seen) == 0 || seen[len(seen)-1] != (catalogue.Progress{ID: "list-1", Done: size, Size: size}) {
		t.Errorf("progress %v", seen)
	}
	first := f.now

	f.now = f.now.Add(24 * time.Hour)
	if s := f.fetch(t); s.Condition != catalogue.Fresh || !s.Fetched.Equal(first) || !s.Confirmed.Equal(f.now) || f.last().Header.Get("If-None-Match") == "" {
		t.Errorf("unchanged: %+v", s)
	}
	if f.kept(t) != lines(10) {
		t.Error("the list is lost by an answer that it has not changed")
	}

	f.now = f.now.Add(24 * time.Hour)
	f.does(has(lines(12)))
	if s := f.fetch(t); s.Condition != catalogue.Fresh || s.Names != 12 || !s.Fetched.Equal(f.now) || f.kept(t) != lines(12) {
		t.Errorf("changed: %+v", s)
	}
	if left, _ := os.ReadDir(filepath.Join(f.Dir, f.list.ID)); len(left) != 2 {
		t.Errorf("%v: more than the state and one copy are kept", left)
	}

	for after, want := range map[time.Duration]catalogue.Condition{
		6 * 24 * time.Hour: catalogue.Fresh, 8 * 24 * time.Hour: catalogue.Old,
		-8 * 24 * time.Hour: catalogue.Old, // the clock was wrong when it came
	} {
		if on, err := catalogue.States(f.Dir, []catalogue.Published{f.list}, f.now.Add(after)); err != nil || on[0].Condition != want {
			t.Errorf("after %v: %v, %v, want %s", after, on, err, want)
		}
	}
	if on, err := catalogue.States(f.Dir, []catalogue.Published{{ID: "other"}}, f.now); err != nil || on[0].Condition != catalogue.Missing {
		t.Errorf("a list that was never fetched: %v, %v", on, err)
	}
}

// TestFetchFails: whatever the publisher's server does, the last good copy
// stays in force, and the state says what is wrong.
func TestFetchFails(t *testing.T) {
	plain := httptest.NewServer(has(lines(10)))
	defer plain.Close()
	for _, tt := range []struct {
		name  string
		serve http.HandlerFunc
		want  string
	}{
		{"an error of the server's", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "500"},
		{"gone", http.NotFound, "404"},
		{"a web page", has("<!DOCTYPE html><title>Sign in to the wireless network</title>"), "web page"},
		{"empty", has(""), "no name"},
		{"cut off", breaksOff(lines(11), 30, `"x"`), "broke off after 30 bytes"},
		{"shrunk", has(lines(4)), "from 10 names to 4"},
		{"grown", has(lines(16)), "from 10 names to 16"},
		{"too large", has(lines(1000)), "larger than"},
		{"too large, without saying so", func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				_, _ = io.WriteString(w, lines(10))
				_ = http.NewResponseController(w).Flush()
			}
		}, "larger than"},
		{"hanging before its answer", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "sends nothing"},
		{"hanging in its answer", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "name")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "sends nothing"},
		{"a little at a time", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "n")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(time.Millisecond)
			}
		}, "too slow"},
		{"sent on without encryption", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, plain.URL, http.StatusFound) }, "without encryption"},
		{"sent on for ever", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/data/games", http.StatusFound) }, "too often"},
		{"a part that nobody asked for", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 5-10/11")
			w.WriteHeader(http.StatusPartialContent)
		}, "206"},
		{"a broken connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFetching(t)
			f.Limit = 4096
			f.does(has(lines(10)))
			f.fetch(t)
			if strings.HasPrefix(tt.name, "hanging") {
				f.Stall = 50 * time.Millisecond
			}
			if tt.want == "too slow" {
				f.Patience = 100 * time.Millisecond
			}
			f.does(tt.serve)
			if s := f.fetch(t); s.Condition != catalogue.Failed || !strings.Contains(s.Why, tt.want) || s.Names != 10 || f.kept(t) != lines(10) {
				t.Errorf("%+v, want %q; kept %d bytes", s, tt.want, len(f.kept(t)))
			}
			f.does(has(lines(11)))
			if f.Stall, f.Patience = time.Minute, time.Minute; f.fetch(t).Condition != catalogue.Fresh || f.kept(t) != lines(11) {
				t.Error("the next time, all is well, and the list is not taken")
			}
		})
	}
	t.Run("the first time", func(t *testing.T) {
		f := newFetching(t)
		f.does(http.NotFound)
		if s := f.fetch(t); s.Condition != catalogue.Failed || f.kept(t) != "" {
			t.Errorf("%+v", s)
		}
	})
	t.Run("stopped", func(t *testing.T) {
		f := newFetching(t)
		ctx, stop := context.WithCancel(t.Context())
		f.does(func(_ http.ResponseWriter, r *http.Request) { stop(); <-r.Context().Done() })
		if _, err := catalogue.Fetch(ctx, f.FetchConfig, f.list); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
	})
}

// TestFetchResumes: what arrived of a list is not fetched again, unless it is
// another version by then.
func TestFetchResumes(t *testing.T) {
	whole := lines(10)
	etag := fmt.Sprintf(`"%x"`, len(whole)) // as has makes it
	for _, tt := range []struct{ name, etag, want string }{
		{"the same version", etag, "bytes=50-"},
		{"another version", `"other"`, "bytes=50-"},
		{"a weak tag", "W/" + etag, ""},
		{"no tag", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFetching(t)
			f.does(breaksOff(whole, 50, tt.etag))
			f.fetch(t)
			f.does(has(whole))
			if s := f.fetch(t); s.Condition != catalogue.Fresh || f.kept(t) != whole || f.last().Header.Get("Range") != tt.want {
				t.Errorf("%+v; asked for %q, want %q", s, f.last().Header.Get("Range"), tt.want)
			}
		})
	}
}

// TestFetchBadPart: a part that is not the rest of the file is not put behind
// what there is of it.
func TestFetchBadPart(t *testing.T) {
	whole := lines(10)
	etag := fmt.Sprintf(`"%x"`, len(whole))
	for _, contentRange := range []string{"bytes 50-59/130", "bytes 40-129/130", "bytes 50-129/*", ""} {
		f := newFetching(t)
		f.does(breaksOff(whole, 50, etag))
		f.fetch(t)
		f.does(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", contentRange)
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, whole[50:60])
		})
		if s := f.fetch(t); s.Condition != catalogue.Failed || !strings.Contains(s.Why, "206") {
			t.Errorf("%q: %+v", contentRange, s)
		}
		f.does(has(whole))
		if s := f.fetch(t); s.Condition != catalogue.Fresh || f.kept(t) != whole || f.last().Header.Get("Range") != "" {
			t.Errorf("%q, the next time: %+v", contentRange, s)
		}
	}
}

// TestFetchForced: a list that shrank is taken when somebody says so, or when a
// catalogue that came after the refusal expects it.
func TestFetchForced(t *testing.T) {
	shrunk := func(t *testing.T) *fetching {
		f := newFetching(t)
		f.does(has(lines(100)))
		f.fetch(t)
		f.does(has(lines(10)))
		f.Version = 2
		if s := f.fetch(t); s.Condition != catalogue.Failed {
			t.Fatalf("taken without being asked: %+v", s)
		}
		return f
	}
	for _, tt := range []struct {
		name   string
		change func(*fetching)
		want   catalogue.Condition
	}{
		{"by nobody", func(*fetching) {}, catalogue.Failed},
		{"by somebody", func(f *fetching) { f.Force = true }, catalogue.Fresh},
		{"by a newer catalogue", func(f *fetching) { f.Version = 3 }, catalogue.Fresh},
		{"by a newer catalogue that expects it", func(f *fetching) { f.Version, f.list.Names = 3, 11 }, catalogue.Fresh},
		{"by a newer catalogue that does not", func(f *fetching) { f.Version, f.list.Names = 3, 100 }, catalogue.Failed},
		{"by an older catalogue", func(f *fetching) { f.Version = 1 }, catalogue.Failed},
	} {
		f := shrunk(t)
		tt.change(f)
		want := map[catalogue.Condition]string{catalogue.Fresh: lines(10), catalogue.Failed: lines(100)}[tt.want]
		if s := f.fetch(t); s.Condition != tt.want || f.kept(t) != want {
			t.Errorf("%s: %+v, want %s", tt.name, s, tt.want)
		}
	}
}

// TestFetchSigned: a list that has a key is taken only with its signature.
func TestFetchSigned(t *testing.T) {
	list := lines(10)
	for _, tt := range []struct {
		name, signature, want string
	}{
		{"signed", signer(1).Sign([]byte(list), ""), ""},
		{"by another", signer(2).Sign([]byte(list), ""), "does not know"},
		{"for another list", signer(1).Sign([]byte("x"), ""), "does not fit"},
		{"not at all", "", "signature: the publisher's server answered 404"},
	} {
		f := newFetching(t)
		f.list.Key, f.list.Signature = signer(1).Public().String(), f.URL+"/data/games.minisig"
		f.does(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case !strings.HasSuffix(r.URL.Path, ".minisig"):
				has(list)(w, r)
			case tt.signature == "":
				http.NotFound(w, r)
			default:
				_, _ = io.WriteString(w, tt.signature)
			}
		})
		want := catalogue.Failed
		if tt.want == "" {
			want = catalogue.Fresh
		}
		if s := f.fetch(t); s.Condition != want || !strings.Contains(s.Why, tt.want) || (f.kept(t) == list) != (tt.want == "") {
			t.Errorf("%s: %+v, want %q", tt.name, s, tt.want)
		}
	}
}

// TestFetchMoved: what a server says of a file at one address says nothing of
// another list, which a newer catalogue finds elsewhere.
func TestFetchMoved(t *testing.T) {
	for name, stamp := range map[string]func(http.Header){
		"by its tag":  func(h http.Header) { h.Set("ETag", `"1"`) },
		"by its date": func(h http.Header) { h.Set("Last-Modified", "Sat, 21 Nov 2026 08:00:00 GMT") },
	} {
		f := newFetching(t)
		f.does(func(w http.ResponseWriter, r *http.Request) {
			stamp(w.Header())
			list := map[string]string{"/data/games": lines(10), "/data/others": lines(12)}[r.URL.Path]
			http.ServeContent(w, r, "", time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), strings.NewReader(list))
		})
		f.fetch(t)
		f.list.URL = f.URL + "/data/others"
		if s := f.fetch(t); s.Condition != catalogue.Fresh || f.kept(t) != lines(12) {
			t.Errorf("known %s: %+v, kept %d bytes, want the list at its new address", name, s, len(f.kept(t)))
		}
	}
}

// TestFetchSignedLater: a list that is signed from now on, or with another key,
// is not taken for good because it has not changed.
func TestFetchSignedLater(t *testing.T) {
	f, list, signature := newFetching(t), lines(10), ""
	f.does(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".minisig") {
			_, _ = io.WriteString(w, signature)
			return
		}
		has(list)(w, r)
	})
	f.fetch(t)
	for i, by := range []catalogue.Signer{signer(1), signer(2)} {
		f.list.Key, f.list.Signature = by.Public().String(), f.URL+"/data/games.minisig"
		signature = signer(3).Sign([]byte(list), "")
		for range 2 {
			if s := f.fetch(t); s.Condition != catalogue.Failed || !strings.Contains(s.Why, "does not know") || f.kept(t) != list {
				t.Errorf("key %d, signed by another: %+v", i+1, s)
			}
		}
		signature = by.Sign([]byte(list), "")
		if s := f.fetch(t); s.Condition != catalogue.Fresh || f.kept(t) != list {
			t.Errorf("key %d, signed: %+v", i+1, s)
		}
		signature = ""
		if s := f.fetch(t); s.Condition != catalogue.Fresh {
			t.Errorf("key %d, unchanged since it was verified: %+v", i+1, s)
		}
	}
}

// TestFetchIncludes: a v2fly list comes with what it includes, from the same
// folder and from nowhere else, and is one copy with it.
func TestFetchIncludes(t *testing.T) {
	f := newFetching(t)
	f.list.Format = "v2fly"
	data := map[string]string{
		"/data/games": "game.example\ninclude:steam\ninclude:none\ninclude:../secret\ninclude:.hidden\n",
		"/data/steam": "steam.example\ninclude:games-!cn\n", "/data/games-!cn": "deep.example\n",
		"/secret": "secret.example\n", "/data/.hidden": "hidden.example\n",
	}
	serve := func(w http.ResponseWriter, r *http.Request) {
		if content, ok := data[r.URL.Path]; ok {
			has(content)(w, r)
			return
		}
		http.NotFound(w, r)
	}
	f.does(serve)
	if s := f.fetch(t); s.Condition != catalogue.Fresh || s.Names != 3 {
		t.Fatalf("%+v", s)
	}
	all, err := catalogue.Fetched(f.Dir, []catalogue.Published{f.list}, f.now)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"steam": data["/data/steam"], "games-!cn": "deep.example\n"} {
		file, err := all[0].Include(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(file); string(got) != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
		_ = file.Close()
	}
	if s := f.fetch(t); s.Condition != catalogue.Fresh || s.Copy != "1" {
		t.Errorf("unchanged: %+v", s)
	}
	data["/data/steam"] = "steam.example\nmore.example\ninclude:games-!cn\n" // only what is included changes
	if s := f.fetch(t); s.Condition != catalogue.Fresh || s.Copy != "2" || s.Names != 4 {
		t.Errorf("an include that changed: %+v", s)
	}
	delete(data, "/data/games")
	if s := f.fetch(t); s.Condition != catalogue.Failed || s.Copy != "2" {
		t.Errorf("a list that is gone: %+v", s)
	}
}

// TestFetchDamaged: a damaged state is set aside, and the list fetched again.
func TestFetchDamaged(t *testing.T) {
	f := newFetching(t)
	f.does(has(lines(10)))
	f.fetch(t)
	if err := os.WriteFile(filepath.Join(f.Dir, f.list.ID, "state.json"), []byte(`{"id":"list-1","copy":"../../etc"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := f.fetch(t); s.Condition != catalogue.Fresh || f.kept(t) != lines(10) {
		t.Errorf("%+v", s)
	}
	if aside, _ := filepath.Glob(filepath.Join(f.Dir, f.list.ID, "*.damaged-*")); len(aside) != 1 {
		t.Errorf("%v set aside, want one", aside)
	}
	if _, err := catalogue.Fetch(t.Context(), f.FetchConfig, catalogue.Published{ID: "../x"}); err == nil {
		t.Error("an id that leaves the folder was taken")
	}
}
