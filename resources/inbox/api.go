package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/platform"
)

// An APIConfig says what a platform offers to families.
type APIConfig struct {
	Store   Store
	Profile platform.Profile
	// OpenInvite can be used by any number of families; for trials. Empty: none.
	OpenInvite string
	// Log takes failures of the store. No request is logged: paths and times
	// would say who sent what.
	Log *slog.Logger
}

// An API answers families by the contract.
type API struct {
	platform.Unbuilt
	cfg      APIConfig
	messages *limiter // by household
	joining  *limiter
}

// NewAPI returns the handler for everything under /v1/.
func NewAPI(cfg APIConfig) http.Handler {
	a := &API{
		cfg:      cfg,
		messages: newLimiter(60, 2*time.Second),
		joining:  newLimiter(10, 5*time.Second),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, _ *http.Request) { platform.Refuse(w, platform.UnknownThing) })
	return platform.HandlerWithOptions(a, platform.StdHTTPServerOptions{
		BaseRouter:  mux,
		Middlewares: []platform.MiddlewareFunc{a.door},
		ErrorHandlerFunc: func(w http.ResponseWriter, _ *http.Request, _ error) {
			platform.Refuse(w, platform.BadRequest)
		},
	})
}

type householdKey struct{}

// door lets a request in by what the contract says of its operation, and
// nothing else decides who may do what.
func (a *API) door(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		guardian := ctx.Value(platform.GuardianTokenScopes) != nil
		if !guardian && ctx.Value(platform.SubmitTokenScopes) == nil {
			next.ServeHTTP(w, r) // open to everybody
			return
		}
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			platform.Refuse(w, platform.BadToken)
			return
		}
		household, scope, err := a.cfg.Store.Token(ctx, HashOf(token))
		switch {
		case errors.Is(err, ErrNotFound):
			platform.Refuse(w, platform.BadToken)
		case err != nil:
			a.fail(w, "reading a token", err)
		case guardian && scope != GuardianScope:
			platform.Refuse(w, platform.WrongToken)
		case !a.messages.allow(household, time.Now()):
			platform.Refuse(w, platform.TooManyAtOnce)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, householdKey{}, household)))
		}
	})
}

func (a *API) fail(w http.ResponseWriter, what string, err error) {
	a.cfg.Log.Error("the store failed", "at", what, "err", err)
	platform.Refuse(w, platform.CannotKeep)
}

// GetProfile answers with the profile.
func (a *API) GetProfile(w http.ResponseWriter, _ *http.Request) {
	platform.Answer(w, http.StatusOK, a.cfg.Profile)
}

// PutReport keeps a report.
func (a *API) PutReport(w http.ResponseWriter, r *http.Request, id platform.ID) {
	a.keep(w, r, id, Concerns)
}

// PutHelpRequest keeps a help-request.
func (a *API) PutHelpRequest(w http.ResponseWriter, r *http.Request, id platform.ID) {
	a.keep(w, r, id, Concerns)
}

// PutAcceptance keeps an acceptance.
func (a *API) PutAcceptance(w http.ResponseWriter, r *http.Request, id platform.ID) {
	a.keep(w, r, id, Acceptances)
}

// PutAttestation keeps an attestation.
func (a *API) PutAttestation(w http.ResponseWriter, r *http.Request, id platform.ID) {
	a.keep(w, r, id, Attestations)
}

// PutHello keeps nothing, and answers as if it did.
func (a *API) PutHello(w http.ResponseWriter, r *http.Request, id platform.ID) {
	if _, ok := sealed(w, r, id); ok {
		now := Kept{ID: id, Received: time.Now()}
		platform.Answer(w, http.StatusCreated, platform.NewReceipt(now.Receipt()))
	}
}

// keep acknowledges a message once it is on the disk, and before anybody, this
// program included, has opened it.
func (a *API) keep(w http.ResponseWriter, r *http.Request, id string, class Class) {
	body, ok := sealed(w, r, id)
	if !ok {
		return
	}
	household, _ := r.Context().Value(householdKey{}).(string)
	// A sender that hangs up now must not undo what is half done.
	ctx := context.WithoutCancel(r.Context())
	kept, isNew, err := a.cfg.Store.Keep(ctx, Kept{
		ID: id, Class: class, Household: household, Received: time.Now().UTC().Truncate(time.Second), Sealed: body,
	})
	switch {
	case errors.Is(err, ErrConflict):
		platform.Refuse(w, platform.OtherMessage)
	case err != nil:
		a.fail(w, "keeping a message", err)
	case isNew:
		platform.Answer(w, http.StatusCreated, platform.NewReceipt(kept.Receipt()))
	default:
		platform.Answer(w, http.StatusOK, platform.NewReceipt(kept.Receipt()))
	}
}

// sealed reads the body of a message, or refuses it.
func sealed(w http.ResponseWriter, r *http.Request, id string) ([]byte, bool) {
	largest := int64(slices.Max(resources.Sizes[:]))
	if !resources.ValidID(id) {
		platform.Refuse(w, platform.BadRequest)
		return nil, false
	}
	if !hasType(r, platform.SealedType) {
		platform.Refuse(w, platform.WrongBodyType)
		return nil, false
	}
	if r.ContentLength > largest {
		platform.Refuse(w, platform.WrongSize)
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); err != nil && !tooLong {
		platform.Refuse(w, platform.BadRequest) // cut short: the sender tries again
		return nil, false
	}
	if err != nil || !slices.Contains(resources.Sizes[:], len(body)) {
		platform.Refuse(w, platform.WrongSize)
		return nil, false
	}
	return body, true
}

func hasType(r *http.Request, want string) bool {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && got == want
}

// GetReceipt says how far a message has come, to the family that sent it.
func (a *API) GetReceipt(w http.ResponseWriter, r *http.Request, id platform.ID) {
	if !resources.ValidID(id) {
		platform.Refuse(w, platform.BadRequest)
		return
	}
	kept, err := a.cfg.Store.Get(r.Context(), id)
	switch household, _ := r.Context().Value(householdKey{}).(string); {
	case errors.Is(err, ErrNotFound) || err == nil && kept.Household != household:
		platform.Refuse(w, platform.UnknownThing)
	case err != nil:
		a.fail(w, "reading a message", err)
	default:
		platform.Answer(w, http.StatusOK, platform.NewReceipt(kept.Receipt()))
	}
}

// Enrol exchanges an invite for a family's tokens.
func (a *API) Enrol(w http.ResponseWriter, r *http.Request) {
	if !a.joining.allow("", time.Now()) {
		platform.Refuse(w, platform.TooManyAtOnce)
		return
	}
	if !hasType(r, "application/json") {
		platform.Refuse(w, platform.WrongBodyType)
		return
	}
	var ask platform.EnrolRequest
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&ask)
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		platform.Refuse(w, platform.WrongSize)
		return
	}
	if err != nil || ask.Invite == "" || len(ask.Invite) > 64 || !resources.ValidID(ask.Attempt) {
		platform.Refuse(w, platform.BadRequest)
		return
	}
	a.join(w, r, ask)
}

func (a *API) join(w http.ResponseWriter, r *http.Request, ask platform.EnrolRequest) {
	ctx := context.WithoutCancel(r.Context())
	invite := HashOf(resources.PlainCode(ask.Invite))
	now := time.Now().UTC().Truncate(time.Second)
	if open := a.cfg.OpenInvite; open != "" && resources.PlainCode(ask.Invite) == resources.PlainCode(open) {
		// An invite of its own for each who uses the open one.
		invite = HashOf(open + ask.Attempt)
		if err := a.cfg.Store.AddInvite(ctx, Invite{Hash: invite, Label: "Practice family", Ends: now.Add(time.Hour)}); err != nil {
			a.fail(w, "adding an invite", err)
			return
		}
	}
	submit, guardian := NewToken(), NewToken()
	household, err := a.cfg.Store.Join(ctx, Joining{
		Invite: invite, Attempt: ask.Attempt, Household: resources.NewID(),
		Submit: HashOf(submit), Guardian: HashOf(guardian), At: now,
	})
	switch {
	case errors.Is(err, ErrInvite):
		platform.Refuse(w, platform.BadInvite)
	case err != nil:
		a.fail(w, "enrolling", err)
	default:
		platform.Answer(w, http.StatusCreated, platform.Enrolment{
			Household: household.ID, SubmitToken: submit, GuardianToken: guardian, Profile: a.cfg.Profile,
		})
	}
}
