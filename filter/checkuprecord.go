package filter

import (
	"slices"
	"strings"
	"time"
)

// A CheckupRecord is what one checkup found. It says nothing of what anybody
// looked up, and names no help service.
type CheckupRecord struct {
	At      time.Time       `json:"at"`
	Account string          `json:"account"` // of the OS, whose browsers' settings were read
	Results []CheckupResult `json:"results"`
}

// A CheckupResult is one thing that a checkup found. What it says is one of a
// fixed set of sayings, so that every screen and page has its words in the
// family's language.
type CheckupResult struct {
	Check   CheckupCheck   `json:"check"`
	Outcome CheckupOutcome `json:"outcome"`
	// Say is the saying, "asked_no" for one, that has a title, and a fix where
	// Outcome is not [CheckupPass]. Each Check has a line on why it matters.
	Say string `json:"say"`
	// Categories and Things are what it says it of; Things are names of
	// programs, search engines, lesson sites, lists or people of the family.
	Categories []Category `json:"categories,omitempty"`
	Things     []string   `json:"things,omitempty"`
	// Count of Of were found so, where what they are called is not said.
	Count int `json:"count,omitempty"`
	Of    int `json:"of,omitempty"`
	// Guides are addresses of pages that say what to do.
	Guides []string `json:"guides,omitempty"`
}

// Inserts returns what stands in the words of r, as pairs of a name and a
// value: What, a list of the things it is of, Count and Of. category says the
// name of one.
func (r CheckupResult) Inserts(category func(Category) string) []any {
	var what []string
	for _, c := range r.Categories {
		what = append(what, category(c))
	}
	return []any{"What", strings.Join(append(what, r.Things...), ", "), "Count", r.Count, "Of", r.Of}
}

// CheckupCheck is one thing that a checkup looks into.
type CheckupCheck string

// The checks, in the order they are shown.
const (
	CheckService    CheckupCheck = "service"     // the filter runs, and holds the PC's questions
	CheckLately     CheckupCheck = "lately"      // nothing has led past the filter of late
	CheckAsked      CheckupCheck = "asked"       // it is the filter that the PC asks
	CheckCategories CheckupCheck = "categories"  // closed categories are closed
	CheckRestricted CheckupCheck = "restricted"  // a restricted list is loaded
	CheckSafeSearch CheckupCheck = "safe-search" // search engines answer safely
	CheckCanaries   CheckupCheck = "canaries"    // browsers are told to ask the PC
	CheckBypass     CheckupCheck = "bypass"      // encrypted DNS of others is out of reach
	CheckBrowsers   CheckupCheck = "browsers"    // browsers are not set to ask others
	CheckHelp       CheckupCheck = "help"        // help services can be reached
	CheckLessons    CheckupCheck = "lessons"     // lesson sites can be reached
	CheckBroadband  CheckupCheck = "broadband"   // the broadband provider filters too
	CheckAccounts   CheckupCheck = "accounts"    // learners have accounts of their own
	CheckLists      CheckupCheck = "lists"       // lists are fresh
	CheckBoot       CheckupCheck = "boot"        // the filter starts with the PC
	CheckClock      CheckupCheck = "clock"       // the clock can be right
)

// CheckupChecks lists the checks in the order they are shown.
func CheckupChecks() []CheckupCheck {
	return []CheckupCheck{
		CheckService, CheckLately, CheckAsked, CheckCategories, CheckRestricted, CheckSafeSearch, CheckCanaries, CheckBypass,
		CheckBrowsers, CheckHelp, CheckLessons, CheckBroadband, CheckAccounts, CheckLists, CheckBoot, CheckClock,
	}
}

// CheckupOutcome is how a check came out.
type CheckupOutcome string

// The outcomes, the worst first. What could not be looked into is never taken
// to be well.
const (
	CheckupFail       CheckupOutcome = "fail"
	CheckupWarn       CheckupOutcome = "warn"
	CheckupNotChecked CheckupOutcome = "not-checked"
	CheckupPass       CheckupOutcome = "pass"
)

// CheckupOutcomes lists the outcomes, the worst first.
func CheckupOutcomes() []CheckupOutcome {
	return []CheckupOutcome{CheckupFail, CheckupWarn, CheckupNotChecked, CheckupPass}
}

// What a result says, whatever it is the result of.
const (
	CheckupSlow    = "slow"    // the check had not ended when the time was up
	CheckupResting = "resting" // there is nothing to check: see [Resting]
)

// General reports whether what r says has words that are the same for each
// Check.
func (r CheckupResult) General() bool { return r.Say == CheckupSlow || r.Say == CheckupResting }

// With returns the results of c that came out as o.
func (c CheckupRecord) With(o CheckupOutcome) []CheckupResult {
	return slices.DeleteFunc(slices.Clone(c.Results), func(r CheckupResult) bool { return r.Outcome != o })
}

// CheckupProgress is how far a checkup has come.
type CheckupProgress struct{ Done, Of int }
