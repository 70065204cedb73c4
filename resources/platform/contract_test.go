package platform_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"lessonguard/resources"
	"lessonguard/resources/inbox"
	"lessonguard/resources/inbox/store"
	"lessonguard/resources/platform"
	"lessonguard/resources/seal"
)

func contract(t *testing.T) *openapi3.T {
	t.Helper()
	openapi3filter.RegisterBodyDecoder(platform.SealedType, openapi3filter.FileBodyDecoder)
	doc, err := openapi3.NewLoader().LoadFromData(platform.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil // a test server has another host each time
	return doc
}

// A checker stands between a client and a server and holds both to the
// contract: every request, every answer.
type checker struct {
	t      *testing.T
	router routers.Router
	next   http.Handler
	mu     sync.Mutex
	seen   map[string]bool // "operation status"
	// lax lets requests through that the contract does not know, to see how
	// they are refused.
	lax bool
}

func check(t *testing.T, next http.Handler) *checker {
	t.Helper()
	router, err := legacy.NewRouter(contract(t))
	if err != nil {
		t.Fatal(err)
	}
	return &checker{t: t, router: router, next: next, seen: map[string]bool{}}
}

func (c *checker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		if !c.lax {
			c.t.Errorf("%s %s is not in the contract: %v", r.Method, r.URL.Path, err)
		}
		c.next.ServeHTTP(w, r)
		return
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil && !c.lax {
		c.t.Errorf("request %s: %v", route.Operation.OperationID, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.next.ServeHTTP(answer, r)
	result := answer.Result()
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: result.StatusCode, Header: result.Header,
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: in.Options,
	}
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		c.t.Errorf("answer %d to %s: %v", result.StatusCode, route.Operation.OperationID, err)
	}
	c.mu.Lock()
	c.seen[fmt.Sprint(route.Operation.OperationID, " ", result.StatusCode)] = true
	c.mu.Unlock()
	maps.Copy(w.Header(), result.Header)
	w.WriteHeader(result.StatusCode)
	_, _ = w.Write(answer.Body.Bytes())
}

const invite = "PRACT-ICE00-00000-00000"

// server returns the reference platform.
func server(t *testing.T) (http.Handler, seal.Identity) {
	t.Helper()
	s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "messages.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	id, err := seal.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return inbox.NewAPI(inbox.APIConfig{
		Store: s, OpenInvite: invite, Log: slog.New(slog.DiscardHandler),
		Profile: platform.Profile{
			Contract: platform.Version, Name: "Practice", Practice: true,
			Safeguarding: []string{id.Recipient()}, Oversight: []string{},
		},
	}), id
}

func dial(t *testing.T, h http.Handler) *platform.Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := platform.New(platform.Config{URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func message(t *testing.T, kind resources.Kind, to string) resources.Message {
	t.Helper()
	sealed, err := seal.Seal([]string{to}, kind, "words")
	if err != nil {
		t.Fatal(err)
	}
	return resources.Message{ID: resources.NewID(), Kind: kind, Sealed: sealed}
}

// TestContract walks the client through everything it does against the
// reference platform, with both held to the contract.
func TestContract(t *testing.T) {
	h, id := server(t)
	checked := check(t, h)
	c, ctx := dial(t, checked), t.Context()

	p, err := c.Profile(ctx)
	if err != nil || p.Name != "Practice" || p.Safeguarding[0] != id.Recipient() {
		t.Fatalf("Profile = %+v, %v", p, err)
	}
	if _, err := c.Enrol(ctx, "no such invite", resources.NewID()); !is(err, platform.ErrInvite) {
		t.Errorf("Enrol with no invite = %v, want ErrInvite", err)
	}
	attempt := resources.NewID()
	first, err := c.Enrol(ctx, invite, attempt)
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.Enrol(ctx, strings.ToLower(strings.ReplaceAll(invite, "-", " ")), attempt)
	if err != nil || e.Household != first.Household || e.SubmitToken == first.SubmitToken {
		t.Fatalf("the same attempt again: household %s %v, want %s and new tokens", e.Household, err, first.Household)
	}

	for _, kind := range resources.Kinds() {
		m := message(t, kind, p.Safeguarding[0])
		if _, err := c.Receipt(ctx, e.SubmitToken, m.ID); err == nil {
			t.Errorf("%s has a receipt before it was sent", kind)
		}
		for range 2 {
			r, err := c.Send(ctx, e.SubmitToken, m)
			if err != nil || r.ID != m.ID || r.State != resources.Received || r.Received.IsZero() {
				t.Errorf("Send %s = %+v, %v", kind, r, err)
			}
		}
		if r, err := c.Receipt(ctx, e.SubmitToken, m.ID); err != nil || r.State != resources.Received {
			t.Errorf("Receipt of %s = %+v, %v", kind, r, err)
		}
		other := message(t, kind, p.Safeguarding[0])
		other.ID = m.ID
		if _, err := c.Send(ctx, e.SubmitToken, other); !is(err, resources.ErrRejected) {
			t.Errorf("other bytes under the id of a %s: %v, want ErrRejected", kind, err)
		}
		if _, err := c.Send(ctx, first.SubmitToken, m); err == nil || is(err, resources.ErrRejected) {
			t.Errorf("a token that has ended: %v, want an error that may pass", err)
		}
	}
	if err := c.Hello(ctx, e.SubmitToken); err != nil {
		t.Errorf("Hello = %v", err)
	}

	want := []string{"enrol 201", "enrol 403", "getProfile 200", "getReceipt 200", "getReceipt 404", "putHello 201"}
	for _, op := range []string{"putReport", "putHelpRequest", "putAcceptance", "putAttestation"} {
		want = append(want, op+" 200", op+" 201", op+" 401", op+" 409")
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(checked.seen)); !slices.Equal(got, want) {
		t.Errorf("seen %q\nwant %q", got, want)
	}
}

// TestUnbuilt lists by name what the reference platform does not offer yet. It
// must be empty before a release.
func TestUnbuilt(t *testing.T) {
	h, _ := server(t)
	c := dial(t, h)
	e, err := c.Enrol(t.Context(), invite, resources.NewID())
	if err != nil {
		t.Fatal(err)
	}
	var unbuilt []string
	for path, item := range contract(t).Paths.Map() {
		for method, op := range item.Operations() {
			r := httptest.NewRequestWithContext(t.Context(), method, strings.ReplaceAll(path, "{id}", resources.NewID()), nil)
			r.Header.Set("Authorization", "Bearer "+e.GuardianToken)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code == http.StatusNotImplemented {
				unbuilt = append(unbuilt, op.OperationID)
			}
		}
	}
	if want := []string{"getTimetable"}; !slices.Equal(unbuilt, want) {
		t.Errorf("not built: %q, want %q", unbuilt, want)
	}
}

// TestRefusals sends what no client of ours sends. Each is refused by the
// contract, in words that name nobody.
func TestRefusals(t *testing.T) {
	h, id := server(t)
	checked := check(t, h)
	checked.lax = true
	e, err := dial(t, h).Enrol(t.Context(), invite, resources.NewID())
	if err != nil {
		t.Fatal(err)
	}
	good := message(t, resources.KindReport, id.Recipient())
	for _, tt := range []struct {
		name, method, path, token, mediaType string
		body                                 []byte
		want                                 int
	}{
		{"no token", "PUT", "/v1/reports/" + good.ID, "", platform.SealedType, good.Sealed, 401},
		{"token of nobody", "PUT", "/v1/reports/" + good.ID, "x", platform.SealedType, good.Sealed, 401},
		{"no id", "PUT", "/v1/reports/", e.SubmitToken, platform.SealedType, good.Sealed, 404},
		{"short id", "PUT", "/v1/reports/12", e.SubmitToken, platform.SealedType, good.Sealed, 400},
		{"odd id", "PUT", "/v1/reports/..%2f" + good.ID, e.SubmitToken, platform.SealedType, good.Sealed, 400},
		{"empty", "PUT", "/v1/reports/" + good.ID, e.SubmitToken, platform.SealedType, nil, 413},
		{"one byte less", "PUT", "/v1/reports/" + good.ID, e.SubmitToken, platform.SealedType, good.Sealed[1:], 413},
		{"one byte more", "PUT", "/v1/reports/" + good.ID, e.SubmitToken, platform.SealedType, append(slices.Clone(good.Sealed), 0), 413},
		{"a megabyte", "PUT", "/v1/reports/" + good.ID, e.SubmitToken, platform.SealedType, make([]byte, 1<<20), 413},
		{"JSON", "PUT", "/v1/reports/" + good.ID, e.SubmitToken, "application/json", good.Sealed, 415},
		{"hello with no token", "PUT", "/v1/hellos/" + good.ID, "", platform.SealedType, good.Sealed, 401},
		{"hello of no size", "PUT", "/v1/hellos/" + good.ID, e.SubmitToken, platform.SealedType, []byte("hi"), 413},
		{"receipt with no token", "GET", "/v1/receipts/" + good.ID, "", "", nil, 401},
		{"receipt of nothing", "GET", "/v1/receipts/" + good.ID, e.SubmitToken, "", nil, 404},
		{"receipt of an odd id", "GET", "/v1/receipts/x", e.SubmitToken, "", nil, 400},
		{"timetable with the submit token", "GET", "/v1/timetable", e.SubmitToken, "", nil, 403},
		{"timetable", "GET", "/v1/timetable", e.GuardianToken, "", nil, 501},
		{"enrol with a form", "POST", "/v1/enrol", "", "application/x-www-form-urlencoded", []byte("invite=1"), 415},
		{"enrol with half", "POST", "/v1/enrol", "", "application/json", []byte(`{"invite":`), 400},
		{"enrol with no attempt", "POST", "/v1/enrol", "", "application/json", []byte(`{"invite":"x"}`), 400},
		{"enrol at length", "POST", "/v1/enrol", "", "application/json", []byte(`{"invite":"` + strings.Repeat("x", 9000) + `"}`), 413},
		{"other path", "GET", "/v1/children", e.SubmitToken, "", nil, 404},
		{"other method", "DELETE", "/v1/reports/" + good.ID, e.SubmitToken, "", nil, 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, bytes.NewReader(tt.body))
			if tt.mediaType != "" {
				r.Header.Set("Content-Type", tt.mediaType)
			}
			if tt.token != "" {
				r.Header.Set("Authorization", "Bearer "+tt.token)
			}
			w := httptest.NewRecorder()
			checked.ServeHTTP(w, r)
			if w.Code != tt.want || w.Header().Get("Content-Type") != platform.ProblemType {
				t.Errorf("got %d %s %s, want %d", w.Code, w.Header().Get("Content-Type"), w.Body, tt.want)
			}
			if strings.Contains(w.Body.String(), good.ID) || strings.Contains(w.Body.String(), e.Household) {
				t.Errorf("the refusal says too much: %s", w.Body)
			}
		})
	}
}

// TestTooMany floods the platform with one family's token: it is asked to wait,
// and another family is not.
func TestTooMany(t *testing.T) {
	h, id := server(t)
	c := dial(t, check(t, h))
	var tokens []string
	for range 2 {
		e, err := c.Enrol(t.Context(), invite, resources.NewID())
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, e.SubmitToken)
	}
	m := message(t, resources.KindReport, id.Recipient())
	var last error
	for range 200 {
		if _, last = c.Send(t.Context(), tokens[0], m); last != nil {
			break
		}
	}
	if later := new(resources.Later); !as(last, &later) || later.After <= 0 || is(last, resources.ErrRejected) {
		t.Errorf("after 200 messages: %v, want one that says when to try again", last)
	}
	if err := c.Hello(t.Context(), tokens[1]); err != nil {
		t.Errorf("another family: %v", err)
	}
}
