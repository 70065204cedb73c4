package inbox_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/inbox"
	"lessonguard/resources/inbox/store"
	"lessonguard/resources/outbox"
	"lessonguard/resources/platform"
	"lessonguard/resources/seal"
)

// A world is a platform with both of its inboxes, and a family that joined.
type world struct {
	t                *testing.T
	path             string // of the store
	store            inbox.Store
	safe, over       seal.Identity
	client           *platform.Client
	family           platform.Enrolment
	dsl, oversight   *httptest.Server
	mu               sync.Mutex
	dslPass, ovrPass string
}

const invite = "TRIAL-00000-00000-00000"

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, path: filepath.Join(t.TempDir(), "messages.db")}
	s, err := store.OpenSQLite(t.Context(), w.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.store = s
	for _, id := range []*seal.Identity{&w.safe, &w.over} {
		if *id, err = seal.GenerateKey(); err != nil {
			t.Fatal(err)
		}
	}
	quiet := slog.New(slog.DiscardHandler)
	mux := http.NewServeMux()
	mux.Handle("/v1/", inbox.NewAPI(inbox.APIConfig{Store: s, OpenInvite: invite, Log: quiet, Profile: platform.Profile{
		Contract: 1, Name: "Practice", Practice: true, Safeguarding: []string{w.safe.Recipient()}, Oversight: []string{w.over.Recipient()},
	}}))
	mux.Handle("/", w.pages("safeguarding", w.safe, &w.dslPass))
	w.dsl = httptest.NewServer(mux)
	t.Cleanup(w.dsl.Close)
	w.oversight = httptest.NewServer(w.pages("oversight", w.over, &w.ovrPass))
	t.Cleanup(w.oversight.Close)

	if w.client, err = platform.New(platform.Config{URL: w.dsl.URL}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.client.Close)
	if w.family, err = w.client.Enrol(t.Context(), invite, resources.NewID()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) pages(reader string, id seal.Identity, password *string) http.Handler {
	w.t.Helper()
	h, err := inbox.NewPages(inbox.PagesConfig{
		Store: w.store, Identities: []seal.Identity{id}, Reader: reader, Title: reader, Practice: true, Log: slog.New(slog.DiscardHandler),
		Announce: func(p string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			*password = p
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// send seals and sends a report or a help-request by way of an outbox, as the
// app does.
func (w *world) send(kind resources.Kind, about resources.About, payload any) string {
	w.t.Helper()
	to := w.family.Profile.Safeguarding
	if about.Recipients() == resources.ToOversight {
		to = w.family.Profile.Oversight
	}
	sealed, err := seal.Seal(to, kind, payload)
	if err != nil {
		w.t.Fatal(err)
	}
	m := resources.Message{ID: resources.NewID(), Kind: kind, At: time.Now(), Sealed: sealed}
	o, err := outbox.Open(w.t.Context(), outbox.Config{Dir: filepath.Join(w.t.TempDir(), "outbox")})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := o.Put(w.t.Context(), m); err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(w.t.Context(), 30*time.Second)
	defer stop()
	ended := make(chan error)
	go func() {
		ended <- o.Run(ctx, func(ctx context.Context, m resources.Message) (resources.Receipt, error) {
			return w.client.Send(ctx, w.family.SubmitToken, m)
		})
	}()
	if state, err := o.Wait(ctx, m.ID); state != outbox.Received || err != nil {
		w.t.Fatalf("sending: %q, %v", state, err)
	}
	stop()
	<-ended
	return m.ID
}

// A browser is one reader's.
type browser struct {
	t    *testing.T
	base string
	http *http.Client
}

func (w *world) browse(srv *httptest.Server) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w.t, srv.URL, &http.Client{Jar: jar}}
}

// signedIn returns a browser that is signed in.
func (w *world) signedIn(srv *httptest.Server, password *string) *browser {
	w.t.Helper()
	b := w.browse(srv)
	w.mu.Lock()
	p := *password
	w.mu.Unlock()
	if status, _ := b.post("/sign-in", url.Values{"password": {p}}); status != http.StatusOK {
		w.t.Fatalf("sign-in: %d", status)
	}
	return b
}

func (b *browser) get(path string) (status int, page string) {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil)
}

func (b *browser) post(path string, form url.Values) (status int, page string) {
	b.t.Helper()
	return b.do(http.MethodPost, path, form)
}

func (b *browser) do(method, path string, form url.Values) (status int, page string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// form returns the token that the forms of a page carry.
func form(page string) url.Values {
	m := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(page)
	if m == nil {
		return url.Values{}
	}
	return url.Values{"form": {m[1]}}
}

func TestReportIsRead(t *testing.T) {
	w := newWorld(t)
	id := w.send(resources.KindReport, resources.AboutHome, resources.Report{
		Schema: 1, About: resources.AboutHome, Topics: []resources.Topic{resources.TopicHurt, resources.TopicNotLookedAfter},
		Words: "I do not want to go home.\nPlease help.", Name: "Sam", TellHome: resources.TellHomeNo, Danger: true, Role: "learner",
	})
	b := w.signedIn(w.dsl, &w.dslPass)
	_, list := b.get("/")
	if n := strings.Count(list, "/messages/"+id); n != 1 {
		t.Errorf("the inbox shows the report %d times, want once", n)
	}
	for _, want := range []string{"DO NOT CONTACT HOME BEFORE DSL DECISION", "Report about someone at home", "hurt, not looked after", "in danger", "practice: nobody reads this", "Practice family", "New"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if strings.Contains(list, "go home.") {
		t.Error("the list shows the words before anybody opened the report")
	}

	_, page := b.get("/messages/" + id)
	if strings.Contains(page, "Please help.") {
		t.Error("a link shows the words before anybody opened the report")
	}
	if r, err := w.client.Receipt(t.Context(), w.family.SubmitToken, id); err != nil || r.State != resources.Received {
		t.Errorf("before: %+v, %v", r, err)
	}
	_, page = b.post("/messages/"+id+"/open", form(page))
	for _, want := range []string{"DO NOT CONTACT HOME BEFORE DSL DECISION", "I do not want to go home.\nPlease help.", "Sam"} {
		if !strings.Contains(page, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if strings.Index(page, "DO NOT CONTACT") > strings.Index(page, "go home") {
		t.Error("the report leads with something else")
	}
	r, err := w.client.Receipt(t.Context(), w.family.SubmitToken, id)
	if err != nil || r.State != resources.Opened || r.Opened.IsZero() {
		t.Errorf("after: %+v, %v", r, err)
	}
	if _, list := b.get("/"); strings.Contains(list, "New") {
		t.Error("an opened report is still new")
	}
}

func TestHomeMayBeTold(t *testing.T) {
	w := newWorld(t)
	w.send(resources.KindHelpRequest, resources.AboutFriend, resources.HelpRequest{
		Schema: 1, Service: "childline", About: resources.AboutFriend, TellHome: resources.TellHomeYes,
	})
	_, list := w.signedIn(w.dsl, &w.dslPass).get("/")
	if strings.Contains(list, "DO NOT CONTACT HOME") || !strings.Contains(list, "Asked for help about a friend") {
		t.Errorf("list: %s", list)
	}
}

// TestOversight sends concerns about the tutor. The DSL finds nothing of them,
// not even a count; whoever has the oversight key finds both.
func TestOversight(t *testing.T) {
	w := newWorld(t)
	before := w.signedIn(w.dsl, &w.dslPass)
	_, empty := before.get("/")
	ids := []string{
		w.send(resources.KindReport, resources.AboutTutor, resources.Report{Schema: 1, About: resources.AboutTutor, Words: "secret-words"}),
		w.send(resources.KindHelpRequest, resources.AboutStaff, resources.HelpRequest{Schema: 1, About: resources.AboutStaff, Service: "childline"}),
	}
	_, list := before.get("/")
	if list != empty {
		t.Errorf("the DSL's inbox changed:\n%s\nwas\n%s", list, empty)
	}
	for _, id := range ids {
		other := resources.NewID()
		status, page := before.get("/messages/" + id)
		wantStatus, want := before.get("/messages/" + other)
		if status != wantStatus || strings.ReplaceAll(page, id, other) != want {
			t.Errorf("the DSL sees a difference between a message for oversight and none: %d %s, %d %s", status, page, wantStatus, want)
		}
		if status, _ := before.post("/messages/"+id+"/open", form(list)); status != http.StatusNotFound {
			t.Errorf("the DSL opened it: %d", status)
		}
		if r, err := w.client.Receipt(t.Context(), w.family.SubmitToken, id); err != nil || r.State != resources.Received {
			t.Errorf("its receipt is %+v, %v", r, err)
		}
	}

	over := w.signedIn(w.oversight, &w.ovrPass)
	_, list = over.get("/")
	for _, id := range ids {
		if !strings.Contains(list, id) {
			t.Errorf("oversight does not find %s", id)
		}
	}
	_, page := over.post("/messages/"+ids[0]+"/open", form(list))
	if !strings.Contains(page, "secret-words") {
		t.Errorf("oversight opened it and sees %s", page)
	}
	if r, err := w.client.Receipt(t.Context(), w.family.SubmitToken, ids[0]); err != nil || r.State != resources.Opened {
		t.Errorf("its receipt is %+v, %v", r, err)
	}
}

// TestCover shows that messages of nobody look to whoever has the store and the
// safeguarding key like concerns for oversight, and are shown to nobody.
func TestCover(t *testing.T) {
	w := newWorld(t)
	real := w.send(resources.KindReport, resources.AboutTutor, resources.Report{Schema: 1, About: resources.AboutTutor, Words: "x"})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- inbox.Cover{Store: w.store, Oversight: []string{w.over.Recipient()}, Every: time.Millisecond}.Run(ctx)
	}()
	var all []inbox.Kept
	for len(all) < 20 {
		var err error
		if all, err = w.store.Before(ctx, 1<<60, 1000); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	<-ended
	for _, k := range all {
		if _, err := seal.Open([]seal.Identity{w.safe}, k.Sealed); err == nil {
			t.Error("the safeguarding key opens a message of nobody")
		}
		if k.Class != inbox.Concerns || k.Household != w.family.Household || len(k.ID) != 32 {
			t.Errorf("a message of nobody stands out: %+v", k.Class)
		}
	}
	_, list := w.signedIn(w.oversight, &w.ovrPass).get("/")
	if n := strings.Count(list, "<li class"); n != 1 || !strings.Contains(list, real) {
		t.Errorf("oversight sees %d messages, want the one that somebody sent", n)
	}
	_, list = w.signedIn(w.dsl, &w.dslPass).get("/")
	if !strings.Contains(list, "nothing here yet") {
		t.Error("the DSL sees something")
	}
}

// TestEscaped puts what could run or break out of a page into every field.
func TestEscaped(t *testing.T) {
	w := newWorld(t)
	const evil = `</div><script>alert(1)</script><img src=x onerror=alert(1)>"' onmouseover="alert(1)" javascript:alert(1) {{.Form}}`
	ids := []string{
		w.send(resources.KindReport, "friend", resources.Report{
			About: evil, Topics: []resources.Topic{evil}, Words: evil, Where: evil, When: evil, Wants: evil, Name: evil, Reach: evil,
			TellHome: evil, Role: evil, Language: evil, App: evil,
		}),
		w.send(resources.KindHelpRequest, "friend", resources.HelpRequest{About: evil, Service: evil, Name: evil, Reach: evil, TellHome: evil, Language: evil, App: evil}),
		w.send(resources.KindAttestation, "friend", map[string]string{evil: evil}),
		w.send(resources.KindAcceptance, "friend", evil),
	}
	b := w.signedIn(w.dsl, &w.dslPass)
	_, page := b.get("/")
	pages := []string{page}
	for _, id := range ids {
		_, opened := b.post("/messages/"+id+"/open", form(page))
		pages = append(pages, opened)
	}
	for _, page := range pages {
		for _, bad := range []string{"<script", "<img", `" onmouseover="`, "{{"} {
			if strings.Contains(strings.ReplaceAll(page, "{{.Form}}", ""), bad) {
				t.Errorf("%s runs in %s", bad, page)
			}
		}
		if strings.Count(page, "alert(1)") == 0 {
			t.Error("the words are not shown at all")
		}
	}
}

// TestNotReadable keeps a message that the key opens and the program cannot
// read: it is shown as that, never left out.
func TestNotReadable(t *testing.T) {
	w := newWorld(t)
	id := w.send(resources.KindReport, "friend", []int{1, 2, 3}) // no report at all
	b := w.signedIn(w.dsl, &w.dslPass)
	_, list := b.get("/")
	if !strings.Contains(list, id) || !strings.Contains(list, "DO NOT CONTACT HOME") {
		t.Errorf("list: %s", list)
	}
	if _, page := b.post("/messages/"+id+"/open", form(list)); !strings.Contains(page, "1,") {
		t.Errorf("page: %s", page)
	}
}

func TestPaging(t *testing.T) {
	w := newWorld(t)
	const n = 120
	for i := range n {
		to := w.safe
		if i%3 == 0 {
			to = w.over // in between, and never seen
		}
		sealed, err := seal.Seal([]string{to.Recipient()}, resources.KindReport, resources.Report{About: "friend", TellHome: "yes"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.store.Keep(t.Context(), inbox.Kept{ID: fmt.Sprintf("%032x", i), Class: inbox.Concerns, Household: w.family.Household, Received: time.Unix(int64(1e9+i), 0), Sealed: sealed}); err != nil {
			t.Fatal(err)
		}
	}
	b := w.signedIn(w.dsl, &w.dslPass)
	var seen []string
	for path := "/"; path != ""; {
		_, page := b.get(path)
		for _, m := range regexp.MustCompile(`href="/messages/([0-9a-f]{32})"`).FindAllStringSubmatch(page, -1) {
			seen = append(seen, m[1])
		}
		path = ""
		if m := regexp.MustCompile(`href="(/\?before=[0-9a-f]{32})"`).FindStringSubmatch(page); m != nil {
			path = m[1]
		}
	}
	if len(seen) != n*2/3 {
		t.Errorf("saw %d, want %d", len(seen), n*2/3)
	}
	for i := 1; i < len(seen); i++ {
		if seen[i] >= seen[i-1] {
			t.Fatalf("%s comes after %s", seen[i], seen[i-1])
		}
	}
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	b := w.browse(w.dsl)
	if _, page := b.get("/"); !strings.Contains(page, "One-time password") || strings.Contains(page, "Messages</h1>") {
		t.Errorf("without signing in: %s", page)
	}
	id := w.send(resources.KindReport, "friend", resources.Report{Words: "secret-words", About: "friend"})
	if _, page := b.get("/messages/" + id); !strings.Contains(page, "One-time password") {
		t.Errorf("a message without signing in: %s", page)
	}
	first := w.dslPass
	in := w.signedIn(w.dsl, &w.dslPass)
	if first == w.dslPass {
		t.Error("the one-time password stays the same once used")
	}
	if status, _ := b.post("/sign-in", url.Values{"password": {first}}); status != http.StatusForbidden {
		t.Errorf("a used password: %d", status)
	}
	_, page := in.get("/")
	if status, _ := in.post("/messages/"+id+"/open", url.Values{"form": {"guessed"}}); status != http.StatusForbidden {
		t.Errorf("a post without the page's token: %d", status)
	}
	if status, _ := in.post("/messages/"+id+"/open", nil); status != http.StatusForbidden {
		t.Errorf("a post without a form: %d", status)
	}
	if _, page := in.post("/sign-out", form(page)); !strings.Contains(page, "One-time password") {
		t.Errorf("after signing out: %s", page)
	}
	if _, page := in.get("/"); strings.Contains(page, id) {
		t.Error("signed out, and the inbox is still there")
	}
}

func TestSignInIsSlow(t *testing.T) {
	w := newWorld(t)
	b := w.browse(w.dsl)
	for range 50 {
		if status, _ := b.post("/sign-in", url.Values{"password": {base64.RawURLEncoding.EncodeToString([]byte("guess"))}}); status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("50 guesses were let through")
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/style.css", "/nowhere"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		rec := httptest.NewRecorder()
		w.dsl.Config.Handler.ServeHTTP(rec, r)
		csp := rec.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "script") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: Content-Security-Policy %s", path, csp)
		}
		if rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control %s", path, rec.Header().Get("Cache-Control"))
		}
		if strings.Contains(rec.Body.String(), "style=") || strings.Contains(rec.Body.String(), "<script") {
			t.Errorf("%s holds what its own policy forbids", path)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", strings.NewReader(url.Values{"password": {w.dslPass}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	w.dsl.Config.Handler.ServeHTTP(rec, r)
	if c := rec.Result().Cookies(); len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode {
		t.Errorf("cookies: %v", c)
	}
	r = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	rec = httptest.NewRecorder()
	w.dsl.Config.Handler.ServeHTTP(rec, r)
	if rec.Code != http.StatusForbidden {
		t.Errorf("a post from another site: %d", rec.Code)
	}
}
