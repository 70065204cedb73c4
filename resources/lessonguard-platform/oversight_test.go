package main

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"math"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"lessonguard/resources"
	"lessonguard/resources/inbox"
	"lessonguard/resources/platform"
	"lessonguard/resources/seal"
)

// house is a platform with what its administrator and its DSL can lay hands on.
type house struct {
	dir    string
	out    *output
	client *platform.Client
	family platform.Enrolment
	web    *http.Client
	base   string
	stop   func() int
}

func build(t *testing.T) *house {
	t.Helper()
	h := &house{dir: filepath.Join(t.TempDir(), "state")}
	h.begin(t, "--oversight-key", filepath.Join(t.TempDir(), "oversight.key"))
	var err error
	if h.client, err = platform.New(platform.Config{URL: h.base}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.client.Close)
	if h.family, err = h.client.Enrol(t.Context(), h.out.find(t, `Family invite code: (.+)\n`), resources.NewID()); err != nil {
		t.Fatal(err)
	}
	return h
}

// begin starts the platform, anew if it had been, and signs in as the DSL.
func (h *house) begin(t *testing.T, args ...string) {
	t.Helper()
	h.out, h.stop = start(t, append([]string{"--state", h.dir, "--practice", "--listen", "127.0.0.1:0"}, args...)...)
	h.base = h.out.find(t, `DSL sign-in: (http://[^/]+)/`)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	h.web = &http.Client{Jar: jar}
	h.page(t, "/sign-in", url.Values{"password": {h.out.find(t, signIn)}})
}

// page gets a page of the DSL's, or posts a form to it.
func (h *house) page(t *testing.T, path string, form url.Values) string {
	t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), method, h.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := h.web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Status + "\n" + string(b)
}

// tell sends what a child says about somebody, sealed as the app seals it.
func (h *house) tell(t *testing.T, kind resources.Kind, about resources.About, payload any) (id string) {
	t.Helper()
	to := h.family.Profile.Safeguarding
	if about.Recipients() == resources.ToOversight {
		to = h.family.Profile.Oversight
	}
	sealed, err := seal.Seal(to, kind, payload)
	if err != nil {
		t.Fatal(err)
	}
	id = resources.NewID()
	if _, err := h.client.Send(t.Context(), h.family.SubmitToken, resources.Message{ID: id, Kind: kind, Sealed: sealed}); err != nil {
		t.Fatal(err)
	}
	return id
}

var changing = regexp.MustCompile(`[0-9A-Z]{5}(-[0-9A-Z]{5}){3}|127\.0\.0\.1:\d+|[0-9a-f]{32}|value="[^"]+"|age1[0-9a-z]+|/\S+oversight\.key`)

// TestOversightShowsNowhere compares a platform that was told of a worry about
// its tutor and its staff with one that was not: signed in as the DSL, and with
// all that the server's administrator has, there is no word of it and no count.
func TestOversightShowsNowhere(t *testing.T) {
	quiet, told := build(t), build(t)
	const secret = "the-tutor-asked-for-pictures"
	ids := []string{
		told.tell(t, resources.KindReport, resources.AboutTutor, resources.Report{About: resources.AboutTutor, Words: secret, Name: "Bee-" + secret}),
		told.tell(t, resources.KindReport, resources.AboutStaff, resources.Report{About: resources.AboutStaff, Words: secret}),
		told.tell(t, resources.KindHelpRequest, resources.AboutTutor, resources.HelpRequest{About: resources.AboutTutor, Service: "childline", Name: secret}),
	}
	for _, h := range []*house{quiet, told} {
		h.tell(t, resources.KindReport, resources.AboutFriend, resources.Report{About: resources.AboutFriend, Words: "about a friend", TellHome: resources.TellHomeYes})
		for range 3 {
			if err := h.client.Hello(t.Context(), h.family.SubmitToken); err != nil {
				t.Fatal(err)
			}
		}
	}
	plain := func(s string) string {
		return regexp.MustCompile(`<time[^>]*>[^<]*</time>`).ReplaceAllString(changing.ReplaceAllString(s, "*"), "*")
	}

	// The DSL, signed in: every page there is, also once the platform was started
	// anew.
	pages := func() {
		for _, path := range []string{"/", "/?before=1", "/?before=2", "/?before=9999", "/?before=" + ids[0], "/?before=" + resources.NewID(), "/style.css", "/nowhere"} {
			if a, b := plain(quiet.page(t, path, nil)), plain(told.page(t, path, nil)); a != b {
				t.Errorf("%s differs:\n%s\n%s", path, a, b)
			}
		}
		if n := strings.Count(told.page(t, "/", nil), "<li class"); n != 1 {
			t.Errorf("the DSL sees %d messages, want the one about a friend", n)
		}
		for _, id := range ids {
			if a, b := told.page(t, "/messages/"+id, nil), told.page(t, "/messages/"+resources.NewID(), nil); plain(a) != plain(b) {
				t.Errorf("the DSL sees that %s is there:\n%s", id, a)
			}
		}
	}
	pages()
	for _, h := range []*house{quiet, told} {
		if code := h.stop(); code != 0 {
			t.Fatalf("stop: %d", code)
		}
		h.begin(t)
	}
	pages()

	// The administrator: what the programs print, and every file.
	for _, h := range []*house{quiet, told} {
		var printed bytes.Buffer
		if code := run(t.Context(), []string{"enrol", "--state", h.dir, "--for", "The Smiths"}, &printed, &printed); code != 0 {
			t.Fatalf("enrol: %d", code)
		}
		_, _ = h.out.Write(printed.Bytes())
		if code := h.stop(); code != 0 {
			t.Fatalf("stop: %d", code)
		}
	}
	if a, b := plain(quiet.out.String()), plain(told.out.String()); a != b {
		t.Errorf("what the program prints differs:\n%s\n%s", a, b)
	}
	names := func(h *house) (all []string) {
		entries, err := os.ReadDir(h.dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			all = append(all, e.Name())
			b, err := os.ReadFile(filepath.Join(h.dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, []byte(secret)) || bytes.Contains(b, []byte("about a friend")) || bytes.Contains(b, []byte("tutor")) {
				t.Errorf("%s holds words of a message", e.Name())
			}
		}
		return all
	}
	if a, b := names(quiet), names(told); !slices.Equal(a, b) {
		t.Errorf("the files differ: %q, %q", a, b)
	}

	// With the database and the DSL's key: what the key does not open looks like
	// what nobody sent, in every column.
	db, err := sql.Open("sqlite", filepath.Join(told.dir, storeFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := readKeys(filepath.Join(told.dir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueryContext(t.Context(), "SELECT id, class, household, opened, length(sealed), sealed FROM messages")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	closed := 0
	for rows.Next() {
		var id, class, household string
		var opened, size int
		var sealed []byte
		if err := rows.Scan(&id, &class, &household, &opened, &size, &sealed); err != nil {
			t.Fatal(err)
		}
		if class != "concern" || household != told.family.Household || opened != 0 || size != resources.Sizes[0] {
			t.Errorf("a row says %s, %d, %d", class, opened, size)
		}
		if _, err := seal.Open(keys, sealed); err != nil {
			closed++
		}
	}
	if err := rows.Err(); err != nil || closed < len(ids) {
		t.Errorf("the DSL's key opens a message for oversight: %d stay closed, want %d, %v", closed, len(ids), err)
	}
}

// TestOversightOpensCover has somebody read for oversight on a platform where
// nobody sent anything: what nobody sent is opened then, and not before.
func TestOversightOpensCover(t *testing.T) {
	h := build(t)
	key := h.out.find(t, `Oversight key: in (\S+)\. `)
	h.stop()
	st, err := openState(t.Context(), h.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer st.store.Close()
	kept := func() (all, opened int) {
		some, err := st.store.Before(t.Context(), math.MaxInt64, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range some {
			if !k.Opened.IsZero() {
				opened++
			}
		}
		return len(some), opened
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- inbox.Cover{Store: st.store, Oversight: st.oversight, Every: time.Millisecond}.Run(ctx)
	}()
	for all, _ := kept(); all < 600; all, _ = kept() {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	over, _ := start(t, "oversight", "--state", h.dir, "--key", key, "--listen", "127.0.0.1:0")
	address, password := over.find(t, `Oversight sign-in: (http://[^/]+)/`), over.find(t, signIn)
	if _, opened := kept(); opened > 0 {
		t.Errorf("%d were opened before anybody signed in", opened)
	}
	if page := read(t, address, password); strings.Contains(page, "<li ") {
		t.Errorf("oversight sees what nobody sent:\n%s", page)
	}
	for _, opened := kept(); opened == 0; _, opened = kept() {
		time.Sleep(10 * time.Millisecond)
	}
}
