package platform_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lessonguard/resources"
	"lessonguard/resources/inbox"
	"lessonguard/resources/inbox/store"
	"lessonguard/resources/platform"
)

// An operation is one of the contract's, as both ends are to have it.
type operation struct {
	method, path string
	// security is the weakest token that is good for it; empty: none is needed.
	security string
	// call has our client do it; nil: it does not.
	call func(context.Context, *platform.Client, platform.Enrolment) error
	// body and mediaType are of a request that is in order.
	body      []byte
	mediaType string
	// storeless says that it needs nothing from the store but its door.
	storeless bool
}

func put(kind resources.Kind) func(context.Context, *platform.Client, platform.Enrolment) error {
	return func(ctx context.Context, c *platform.Client, e platform.Enrolment) error {
		m := resources.Message{ID: resources.NewID(), Kind: kind, Sealed: make([]byte, resources.Sizes[0])}
		if _, err := c.Send(ctx, e.SubmitToken, m); err != nil {
			return err
		}
		_, err := c.Receipt(ctx, e.SubmitToken, m.ID)
		return err
	}
}

// operations are all that the contract may have: whoever adds one adds it here.
func operations() map[string]operation {
	sealed := make([]byte, resources.Sizes[0])
	id := resources.NewID()
	return map[string]operation{
		"getProfile": {method: "GET", path: "/v1/profile", storeless: true, call: func(ctx context.Context, c *platform.Client, _ platform.Enrolment) error {
			_, err := c.Profile(ctx)
			return err
		}},
		"enrol": {
			method: "POST", path: "/v1/enrol", mediaType: "application/json", body: []byte(`{"invite":"` + invite + `","attempt":"` + id + `"}`),
			call: func(ctx context.Context, c *platform.Client, _ platform.Enrolment) error {
				_, err := c.Enrol(ctx, invite, resources.NewID())
				return err
			},
		},
		"putReport":      {method: "PUT", path: "/v1/reports/" + id, security: "submitToken", body: sealed, mediaType: platform.SealedType, call: put(resources.KindReport)},
		"putHelpRequest": {method: "PUT", path: "/v1/help-requests/" + id, security: "submitToken", body: sealed, mediaType: platform.SealedType, call: put(resources.KindHelpRequest)},
		"putAcceptance":  {method: "PUT", path: "/v1/acceptances/" + id, security: "submitToken", body: sealed, mediaType: platform.SealedType, call: put(resources.KindAcceptance)},
		"putAttestation": {method: "PUT", path: "/v1/attestations/" + id, security: "submitToken", body: sealed, mediaType: platform.SealedType, call: put(resources.KindAttestation)},
		"putHello": {
			method: "PUT", path: "/v1/hellos/" + id, security: "submitToken", body: sealed, mediaType: platform.SealedType,
			call: func(ctx context.Context, c *platform.Client, e platform.Enrolment) error {
				return c.Hello(ctx, e.SubmitToken)
			},
		},
		"getReceipt": {method: "GET", path: "/v1/receipts/" + id, security: "submitToken", call: put(resources.KindReport)},
		// Neither end has it yet: TestUnbuilt.
		"getTimetable": {method: "GET", path: "/v1/timetable", security: "guardianToken"},
	}
}

// TestContractsOperations holds every operation of the contract to its rules: it
// is in the table above and in /v1, it has the token that the table says, and
// all that is no success is problem details (RFC 9457).
func TestContractsOperations(t *testing.T) {
	want := operations()
	var found []string
	for path, item := range contract(t).Paths.Map() {
		for method, op := range item.Operations() {
			found = append(found, op.OperationID)
			is, ok := want[op.OperationID]
			if !ok {
				t.Errorf("%s is in the contract and not in this test", op.OperationID)
				continue
			}
			if tail, fits := strings.CutPrefix(is.path, strings.TrimSuffix(path, "{id}")); is.method != method || !fits || tail != "" && !resources.ValidID(tail) {
				t.Errorf("%s is %s %s, want %s %s", op.OperationID, method, path, is.method, is.path)
			}
			if !strings.HasPrefix(path, "/v1/") {
				t.Errorf("%s is of no version", op.OperationID)
			}
			if op.Security == nil {
				t.Fatalf("%s does not say who may do it", op.OperationID)
			}
			var tokens []string
			for _, s := range *op.Security {
				tokens = append(tokens, slices.Collect(maps.Keys(s))...)
			}
			if got := strings.Join(tokens, " "); got != is.security {
				t.Errorf("%s needs %q, want %q", op.OperationID, got, is.security)
			}
			needs := []string{"429", "default"}
			if is.security != "" {
				needs = append(needs, "401")
			}
			answers := op.Responses.Map()
			for _, status := range needs {
				if answers[status] == nil {
					t.Errorf("%s has no answer %s", op.OperationID, status)
				}
			}
			for status, answer := range answers {
				if status != "default" && status < "400" {
					continue
				}
				if types := slices.Collect(maps.Keys(answer.Value.Content)); !slices.Equal(types, []string{platform.ProblemType}) {
					t.Errorf("%s answers %s with %q, want problem details", op.OperationID, status, types)
				}
			}
		}
	}
	for id := range want {
		if !slices.Contains(found, id) {
			t.Errorf("%s is not in the contract", id)
		}
	}
	for name, scheme := range contract(t).Components.SecuritySchemes {
		if s := scheme.Value; s.Type != "http" || s.Scheme != "bearer" {
			t.Errorf("%s is %s %s, want a bearer token", name, s.Type, s.Scheme)
		}
	}
}

// failing is a store that answers nobody once it is off.
type failing struct {
	inbox.Store

	off bool
}

var errOff = errors.New("the database is away")

func (s *failing) Token(ctx context.Context, h inbox.Hash) (string, inbox.Scope, error) {
	if s.off {
		return "", "", errOff
	}
	return s.Store.Token(ctx, h)
}

func (s *failing) AddInvite(ctx context.Context, i inbox.Invite) error {
	if s.off {
		return errOff
	}
	return s.Store.AddInvite(ctx, i)
}

// TestBothEnds does every operation: by our client, which gets what it asked
// for; with no token, one that is not enough, and one that is; and with a
// database that is away. Each answer is held to the contract.
func TestBothEnds(t *testing.T) {
	kept, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "messages.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	s := &failing{Store: kept}
	// Two keys, as while they change.
	profile := platform.Profile{Contract: platform.Version, Name: "Practice", Safeguarding: []string{"age1new", "age1old"}, Oversight: []string{"age1a", "age1b"}}
	h := check(t, inbox.NewAPI(inbox.APIConfig{Store: s, OpenInvite: invite, Log: slog.New(slog.DiscardHandler), Profile: profile}))
	c := dial(t, h)
	e, err := c.Enrol(t.Context(), invite, resources.NewID())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(e.Profile.Safeguarding, profile.Safeguarding) || !slices.Equal(e.Profile.Oversight, profile.Oversight) {
		t.Errorf("a family is given %q and %q, want both keys of each", e.Profile.Safeguarding, e.Profile.Oversight)
	}
	for name, op := range operations() {
		t.Run(name, func(t *testing.T) {
			ask := func(token string, want int) {
				t.Helper()
				r := httptest.NewRequestWithContext(t.Context(), op.method, op.path, strings.NewReader(string(op.body)))
				if op.mediaType != "" {
					r.Header.Set("Content-Type", op.mediaType)
				}
				if token != "" {
					r.Header.Set("Authorization", "Bearer "+token)
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != want || want >= 400 && w.Header().Get("Content-Type") != platform.ProblemType {
					t.Errorf("got %d %s %s, want %d", w.Code, w.Header().Get("Content-Type"), w.Body, want)
				}
				if want == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
					t.Error("it does not say when to try again")
				}
			}
			if op.call != nil {
				if err := op.call(t.Context(), c, e); err != nil {
					t.Errorf("our client: %v", err)
				}
			}
			switch op.security {
			case "submitToken":
				ask("", http.StatusUnauthorized)
				ask("nobody's", http.StatusUnauthorized)
			case "guardianToken":
				ask("", http.StatusUnauthorized)
				ask(e.SubmitToken, http.StatusForbidden)
			}
			s.off = true
			defer func() { s.off = false }()
			if !op.storeless {
				ask(e.GuardianToken, http.StatusServiceUnavailable)
			}
		})
	}
	for name, op := range operations() {
		answered := slices.ContainsFunc(slices.Collect(maps.Keys(h.seen)), func(s string) bool { return strings.HasPrefix(s, name+" 20") })
		if op.call != nil && !answered {
			t.Errorf("our client never did %s", name)
		}
	}
}
