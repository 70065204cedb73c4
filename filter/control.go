package filter

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"time"
)

// Control is what may be asked of a running filter. The engine answers it
// inside the service; the control client asks it from everywhere else. Who may
// ask what is decided at the control server's door and nowhere else.
//
// An operation that is not built yet returns [ErrNotBuilt].
type Control interface {
	// Status returns the state of the filter.
	Status(context.Context) (Status, error)
	// Watch yields the status now and after each change, until ctx is done or
	// the filter can no longer be reached.
	Watch(context.Context) iter.Seq2[Status, error]
	// Explain returns the verdict that a question would get now, and why.
	Explain(context.Context, Question) (Explanation, error)

	// Policy returns the policy in force.
	Policy(context.Context) (Policy, error)
	// SetPolicy replaces it. The new one is on the disk before it is used.
	SetPolicy(context.Context, Policy) error
	// SetLesson starts or ends a lesson and returns the lesson there is now.
	SetLesson(context.Context, LessonChange) (Lesson, error)

	// Household returns what this PC knows of the family.
	Household(context.Context) (Household, error)
	// SetHousehold replaces it.
	SetHousehold(context.Context, Household) error

	// Activity returns counts and blocked names of one learner.
	Activity(context.Context, ActivityQuery) (Activity, error)

	// Requests returns the sites that learners asked to be opened.
	Requests(context.Context) ([]Request, error)
	// Ask asks for a site to be opened. A name that is protected, sensitive, or
	// on a restricted or self-harm list is answered as any other and not kept.
	Ask(context.Context, Ask) error
	// Answer settles a request; an allowed one becomes an own rule.
	Answer(ctx context.Context, id string, a Answer) error

	// SetPIN sets the guardian's PIN: with the old one, with a claim, or as the
	// owner of the service. Only the last two can set the first one, or a new
	// one where the old is forgotten.
	SetPIN(context.Context, PINChange) error
	// Unlock exchanges the PIN for a session in which the guardian's
	// operations are open to the process that asked. Over the wire it ends with
	// the connection on which the PIN was given, or when its time is over.
	Unlock(ctx context.Context, pin string) (Session, error)

	// Notices returns what happened to the filtering of this PC in the last seven
	// days, the newest first. It says nothing of anybody, so that every account
	// may read it.
	Notices(context.Context) ([]Notice, error)
	// Audit returns the changes that were made, newest first.
	Audit(ctx context.Context, limit int) ([]AuditEntry, error)
	// Checkup answers a nonce of 16 to 128 bytes, as only the running service
	// can, with what only the service can see.
	Checkup(ctx context.Context, nonce string) (CheckupFacts, error)

	// Lists returns the state of every list.
	Lists(context.Context) ([]ListState, error)
	// UpdateLists fetches and compiles the lists and yields the progress. When
	// the iteration is ended before, or fails, the last good lists stay.
	UpdateLists(context.Context, ListUpdate) iter.Seq2[Progress, error]
}

// Errors that every Control returns, over the wire or not.
var (
	ErrNotRunning = errors.New("the filter service is not running")
	ErrNotBuilt   = errors.New("not built yet")
	ErrForbidden  = errors.New("only a guardian may do that: unlock with the PIN first")
	ErrWrongPIN   = errors.New("that is not the PIN")
	ErrLockedOut  = errors.New("too many wrong PINs: wait a little and try again")
	ErrNoPIN      = errors.New("no PIN has been set")
	ErrBadPIN     = errors.New("a PIN is six to twelve digits, not all the same and not in a row")
	ErrBadClaim   = errors.New("that claim has been used or is too old: an administrator can get another with lessonguardd claim")
	ErrTooLong    = errors.New("that is longer than lesson mode can be held")
	ErrBusy       = errors.New("too much was asked at once: try again in a moment")
	ErrTooMany    = errors.New("as many sites as can wait have been asked for: ask again when some have been answered")
	ErrBadAsk     = errors.New("that cannot be asked for")
	ErrNotFound   = errors.New("there is no such thing")
)

// Status is the state of a running filter. It says nothing of what anybody
// looked up, so that every account may read it.
type Status struct {
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	State   State     `json:"state"`
	Why     string    `json:"why,omitempty"` // in a sentence, where State is not Filtering
	Listen  string    `json:"listen"`        // address and port of the DNS server
	Hook    string    `json:"hook"`          // which hook makes the PC ask us; "none" for a trial
	Lesson  Lesson    `json:"lesson"`
	// Next is when the next lesson of the timetable begins; zero: there is none.
	Next     time.Time `json:"next,omitzero"`
	Names    int       `json:"names"` // names on all lists together
	Lists    int       `json:"lists"`
	Starter  bool      `json:"starter"` // only the lists that ship with the program are loaded
	PINSet   bool      `json:"pinSet"`
	Provider string    `json:"provider"` // name of the enrolled provider; empty: none
	// Gap is why nothing is filtered where State is LetGo; empty: the service has
	// only just started.
	Gap NoticeKind `json:"gap,omitempty"`
	// Portal is that the network leads to a page on which somebody has to sign in,
	// whatever is asked. State is NoUpstream then.
	Portal bool `json:"portal,omitempty"`
	// Noticed is when the last of the [Control.Notices] began or changed.
	Noticed time.Time `json:"noticed,omitzero"`
	// Requests is how many sites wait to be opened or not. It is told to guardians
	// alone: a learner could find out by it which names are not kept.
	Requests int `json:"requests,omitempty"`
	// Restricted says which kind of restricted list is loaded: none, a sample
	// that protects nobody, or a licensed one.
	Restricted RestrictedState `json:"restricted"`
}

// State says whether the filter filters.
type State string

// The states of a filter.
const (
	Filtering  State = "filtering"
	NoUpstream State = "no-upstream" // nothing can be resolved: the internet is not reachable
	LetGo      State = "let-go"      // the PC asks its router: filtering is off until that is mended
	// Resting is outside lessons, where the guardian chose that only lessons are
	// filtered (HookInLessons): nothing is, restricted lists included.
	Resting State = "resting"
)

// RestrictedState is which kind of restricted list is loaded.
type RestrictedState string

// The kinds.
const (
	NoRestricted       RestrictedState = "none"
	SampleRestricted   RestrictedState = "sample"
	LicensedRestricted RestrictedState = "licensed"
)

// A Question is one to be explained.
type Question struct {
	Name    Name   `json:"name"`
	Type    uint16 `json:"type,omitempty"`    // DNS type; 0: A
	Learner string `json:"learner,omitempty"` // id; empty: the strictest
}

// An Explanation is a verdict in full. For whoever has not the PIN a name on a
// restricted list is only blocked: Reason is Listed and nothing else is set.
type Explanation struct {
	Name     Name      `json:"name"`
	Action   Action    `json:"action"`
	Reason   Reason    `json:"reason"`
	Category *Category `json:"category,omitempty"`
	Entry    string    `json:"entry,omitempty"` // the listed name that decided
	Lists    []string  `json:"lists,omitempty"` // ids of the lists it is on
	Rule     *Rule     `json:"rule,omitempty"`
	Rewrite  Name      `json:"rewrite,omitempty"` // whose addresses are answered
	// Unfiltered is that the PC does not ask the filter now: Action is what the
	// rules say, and not what happens.
	Unfiltered bool   `json:"unfiltered,omitempty"`
	Sentence   string `json:"sentence"` // the same in plain words
}

// An ActivityQuery asks for a learner's activity since a time.
type ActivityQuery struct {
	// Learner is an id. Empty is the caller's own; for a guardian it is what
	// was asked by accounts that are no learner's, or not known.
	Learner string    `json:"learner"`
	Since   time.Time `json:"since"`
}

// Activity is what the guardian may see of a learner, and the learner too:
// counts by category and hour, and the names that were blocked, for seven days.
type Activity struct {
	// Counts is what was blocked because of a category.
	Counts map[Category]int `json:"counts"`
	// Others is what was blocked for a reason that has no category: a
	// restricted list, an own rule, an unsafe search engine, or not approved.
	Others map[Reason]int `json:"others,omitempty"`
	// Hours is all of that by hour, the oldest first.
	Hours []HourCount `json:"hours,omitempty"`
	// Blocked is the names, the latest first.
	Blocked []BlockedName `json:"blocked"`
	// Dropped is how many of the counted have no name here for no other reason
	// than that there were too many.
	Dropped int `json:"dropped,omitempty"`
}

// An HourCount is how often something was blocked in one hour.
type HourCount struct {
	Hour     time.Time `json:"hour"` // its start
	Reason   Reason    `json:"reason"`
	Category *Category `json:"category,omitempty"` // for Listed
	Count    int       `json:"count"`
}

// A BlockedName is one name that was blocked, and how often. Never one that is
// protected, sensitive, restricted, or of the self-harm category.
type BlockedName struct {
	Name     Name      `json:"name"`
	Reason   Reason    `json:"reason"`
	Category *Category `json:"category,omitempty"` // for Listed
	Count    int       `json:"count"`
	Last     time.Time `json:"last"`
}

// An Ask asks for a site to be opened.
type Ask struct {
	Name Name   `json:"name"`
	Why  string `json:"why,omitempty"` // the learner's words, at most 500 bytes
}

// A Request is an Ask that waits for the guardian.
type Request struct {
	ID      string    `json:"id"`
	Learner string    `json:"learner"` // id; empty: an account that is nobody's
	Ask     Ask       `json:"ask"`
	At      time.Time `json:"at"`
}

// An Answer settles a request.
type Answer struct {
	Allow bool      `json:"allow"`
	Scope RuleScope `json:"scope,omitempty"` // of an allow; empty: outside lessons, or always if there is one now
	Until time.Time `json:"until,omitzero"`
}

// A PINChange sets the PIN.
type PINChange struct {
	New   string `json:"new"`
	Old   string `json:"old,omitempty"`
	Claim string `json:"claim,omitempty"` // minted by an administrator, for one use
}

// A Session is an unlock. It holds for the process that asked for it (see
// [Caller.Process]), which says so by the token, until it ends.
type Session struct {
	Token string    `json:"token"`
	Until time.Time `json:"until"`
}

// An AuditEntry is one change of policy, lesson, household or PIN, one PIN
// failure, or one loss of the hook. It names no site.
type AuditEntry struct {
	At      time.Time `json:"at"`
	Account string    `json:"account"` // empty: the service itself
	What    string    `json:"what"`    // a sentence
}

// CheckupFacts is what only the service can see.
type CheckupFacts struct {
	// Name can be resolved through the running service and nowhere else, to
	// Address: if the PC resolves it to that, it is the service that the PC
	// asks. It is made of the caller's nonce.
	Name    Name       `json:"name"`
	Address netip.Addr `json:"address"`
	// Upstreams are the resolvers that are asked; for guardians only, since
	// one can have a key in its address.
	Upstreams []string `json:"upstreams,omitempty"`
	// Chosen is whether they are the guardian's choice, and not the PC's own.
	Chosen    bool `json:"chosen,omitempty"`
	ClockSane bool `json:"clockSane"`
}

// A ListState is the state of one list, or of the data file.
type ListState struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Category *Category `json:"category,omitempty"` // nil for a restricted list and the data file
	Names    int       `json:"names"`
	Pages    int       `json:"pages,omitempty"` // single pages on a restricted list: they cannot be enforced by DNS
	Fetched  time.Time `json:"fetched,omitzero"`
	State    string    `json:"state"` // ListStarter and so on
	Why      string    `json:"why,omitempty"`
	// Changed says that the list has shrunk or grown by more than half since the
	// last good copy, which stays until somebody accepts the new one: see
	// [ListUpdate].
	Changed bool `json:"changed,omitempty"`
}

// How lists are kept. A published one is missing, fresh, old or failed.
const (
	ListStarter  = "starter"  // comes with the program
	ListLocal    = "local"    // is a file in a folder on this PC
	ListMissing  = "missing"  // has not been fetched yet
	ListFresh    = "fresh"    // is the publisher's newest, as of late
	ListOld      = "old"      // has not been compared with the publisher's for a week
	ListFailed   = "failed"   // could not be fetched the last time: ListState.Why
	ListSample   = "sample"   // a restricted list that protects nobody
	ListLicensed = "licensed" // a restricted list that a licensee has signed
	ListBuiltIn  = "built-in" // the data file: what came with the program is in force
)

// DataFile is the id of the data file among the lists: help services, provider
// profiles and the catalogue of lists, as they came with the program or newer.
const DataFile = "lessonguard-data"

// A ListUpdate says what is updated.
type ListUpdate struct {
	// Accept is the id of a list that is taken although it has changed by more
	// than half. It alone is fetched. Empty: all lists are.
	Accept string `json:"accept,omitempty"`
}

// Progress is how far an update of the lists has come.
type Progress struct {
	List string `json:"list,omitempty"` // id of what is being fetched; empty: the lists are being put together
	Done int    `json:"done"`           // steps
	Of   int    `json:"of"`
	Note string `json:"note"` // in words
}
