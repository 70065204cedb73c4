// Package checkup finds out what is protected on this PC and what is not: it
// asks as the PC's programs ask, tries to go round the filter as they could, and
// reads the settings of the caller's own browsers.
//
// It runs in the caller's process, without any right of its own, and asks the
// service by [filter.Control]. It changes nothing. It looks up the same names
// each time, help services among them, so that a record somewhere else of what
// this PC asked tells only that there was a checkup.
package checkup

import (
	"context"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"lessonguard/filter"
)

// Limit is how long a checkup takes at most. What it has not found out by then
// it says so of.
const Limit = 20 * time.Second

// Config is what a checkup works with; [Here] fills in what is of this PC.
type Config struct {
	Control filter.Control
	Account string // of the OS, whose browsers are read
	// Ask are the ways in which programs of this PC look up names; the first is
	// that of most programs.
	Ask []Asker
	// Dial connects; it looks up no names.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Help are the host names of help services, each of which is looked up in
	// each checkup.
	Help []string
	// Lessons returns the lesson sites of the provider that a family is enrolled
	// with.
	Lessons func(filter.Provider) []Lesson
	// Resolvers returns the resolvers that the network gave this PC.
	Resolvers func(context.Context) ([]netip.Addr, error)
	// Administrator reports whether an account may do all on this PC.
	Administrator func(account string) (bool, error)
	// Boot reports whether the service starts with the PC; nil: not known.
	Boot func(context.Context) (bool, error)

	// Home and System hold the caller's files and those of the PC; Browsers
	// says where in them the settings are, and Registry reads the settings of an
	// administrator that are in no file.
	Home, System fs.FS
	Browsers     []Browser
	Registry     func(key string) Managed

	Now func() time.Time
}

// An Asker looks up names in the way that some programs do.
type Asker struct {
	Title string // who asks so
	// Look returns the addresses of a host name, and none for one that has none.
	Look func(ctx context.Context, host string) ([]netip.Addr, error)
}

// A Lesson is a lesson site of the provider, or a tool that lessons use.
type Lesson struct{ Title, Host string }

// Lessons returns the lesson sites that a provider's profile names, and its
// tools by the ids of their bundles, of which the first name stands for all.
func Lessons(names, tools []string, bundles []filter.Bundle) (all []Lesson) {
	for _, n := range names {
		all = append(all, Lesson{n, n})
	}
	for _, b := range bundles {
		if hosts := slices.Concat(b.Names, b.Exact); slices.Contains(tools, b.ID) && len(hosts) > 0 {
			all = append(all, Lesson{b.Title, string(hosts[0])})
		}
	}
	return all
}

// A checkup is one that is under way: what several checks stand on.
type checkup struct {
	Config
	looks chan struct{} // held while a name is looked up

	status    filter.Status
	statusErr error
	household filter.Household
	familyErr error
	facts     filter.CheckupFacts
	factsErr  error
	learner   string // id, where the account is a learner's
	// differs is set where the account may have a level of its own, which
	// [filter.Control.Explain] does not tell of: a guardian's.
	differs bool
	asked   []bool // by Config.Ask: it is the service that answers
	online  func() bool
}

// Run does a checkup and tells progress, which may be nil, how far it has come.
// It returns an error only if ctx is done before it is.
func Run(ctx context.Context, c Config, progress func(filter.CheckupProgress)) (filter.CheckupRecord, error) {
	record := filter.CheckupRecord{At: c.Now().UTC().Truncate(time.Second), Account: c.Account}
	all, stop := context.WithTimeout(ctx, Limit)
	defer stop()
	r := &checkup{Config: c, looks: make(chan struct{}, 8)}
	jobs := r.jobs()
	tell := func(done int) {
		if progress != nil {
			progress(filter.CheckupProgress{Done: done, Of: len(jobs) + 1})
		}
	}
	tell(0)
	if !r.begin(all) { // a look-up that hangs would hang in each check
		if ctx.Err() != nil {
			return filter.CheckupRecord{}, ctx.Err()
		}
	}
	tell(1)
	type ended struct {
		check   filter.CheckupCheck
		results []filter.CheckupResult
	}
	ends := make(chan ended, len(jobs)) // nobody waits for those that are late
	for check, job := range jobs {
		if r.status.State == filter.Resting && slices.Contains(filtered, check) {
			ends <- ended{check, []filter.CheckupResult{{Check: check, Outcome: filter.CheckupNotChecked, Say: filter.CheckupResting}}}
			continue
		}
		go func() { ends <- ended{check, job(all)} }()
	}
	results := map[filter.CheckupCheck][]filter.CheckupResult{}
	for len(results) < len(jobs) {
		select {
		case e := <-ends:
			results[e.check] = e.results
			tell(1 + len(results))
			continue
		case <-all.Done():
		}
		break
	}
	if ctx.Err() != nil {
		return filter.CheckupRecord{}, ctx.Err()
	}
	for _, check := range filter.CheckupChecks() {
		if got, ok := results[check]; ok {
			record.Results = append(record.Results, got...)
		} else {
			record.Results = append(record.Results, filter.CheckupResult{Check: check, Outcome: filter.CheckupNotChecked, Say: filter.CheckupSlow})
		}
	}
	return record, nil
}

func (r *checkup) jobs() map[filter.CheckupCheck]func(context.Context) []filter.CheckupResult {
	return map[filter.CheckupCheck]func(context.Context) []filter.CheckupResult{
		filter.CheckService: r.checkService, filter.CheckLately: r.checkLately, filter.CheckAsked: r.checkAsked, filter.CheckCategories: r.checkCategories,
		filter.CheckRestricted: r.checkRestricted, filter.CheckSafeSearch: r.checkSafeSearch, filter.CheckCanaries: r.checkCanaries,
		filter.CheckBypass: r.checkBypass, filter.CheckBrowsers: r.checkBrowsers, filter.CheckHelp: r.checkHelp,
		filter.CheckLessons: r.checkLessons, filter.CheckBroadband: r.checkBroadband, filter.CheckAccounts: r.checkAccounts,
		filter.CheckLists: r.checkLists, filter.CheckBoot: r.checkBoot, filter.CheckClock: r.checkClock,
	}
}

// filtered are the checks that find out what is so while the PC is filtered.
var filtered = []filter.CheckupCheck{
	filter.CheckAsked, filter.CheckCategories, filter.CheckRestricted, filter.CheckSafeSearch, filter.CheckCanaries, filter.CheckBypass,
}

// begin finds out what several checks stand on. It reports false if ctx is done
// first.
func (r *checkup) begin(ctx context.Context) bool {
	r.status, r.statusErr = r.Control.Status(ctx)
	r.household, r.familyErr = r.Control.Household(ctx)
	r.facts, r.factsErr = r.Control.Checkup(ctx, nonce())
	if l, ok := r.household.LearnerOf(r.Account); ok {
		r.learner = l.ID
	} else if slices.Contains(r.household.Guardians, r.Account) {
		p, err := r.Control.Policy(ctx) // which only a guardian who has unlocked may read
		r.differs = err != nil || p.Guardians != nil
	}
	r.asked = make([]bool, len(r.Ask))
	if r.factsErr == nil {
		var all sync.WaitGroup
		for i := range r.Ask {
			all.Go(func() {
				r.asked[i] = slices.Contains(r.look(ctx, i, string(r.facts.Name)).addrs, r.facts.Address)
			})
		}
		all.Wait()
	}
	r.online = sync.OnceValue(func() bool { return r.reaches(ctx, neutral) == reached })
	return ctx.Err() == nil
}

// us reports whether it is the service that most programs ask.
func (r *checkup) us() bool { return len(r.asked) > 0 && r.asked[0] }

// explain returns what the service says of a name for whoever sits here.
func (r *checkup) explain(ctx context.Context, name filter.Name) (filter.Explanation, error) {
	return r.Control.Explain(ctx, filter.Question{Name: name, Learner: r.learner})
}
