package checkup

import "lessonguard/filter"

// A saying is one thing that a check can find. Its words are in
// assets/translations, as checkup.say.SAYING, and checkup.fix.SAYING where it is
// no pass.
type saying struct {
	check   filter.CheckupCheck
	outcome filter.CheckupOutcome
}

// sayings is all that a checkup can say, so that none is without its words.
var sayings = map[string]saying{
	"service_on":          {filter.CheckService, filter.CheckupPass},
	"service_off":         {filter.CheckService, filter.CheckupFail},
	"service_trial":       {filter.CheckService, filter.CheckupFail},
	"service_let_go":      {filter.CheckService, filter.CheckupFail},
	"service_resting":     {filter.CheckService, filter.CheckupWarn}, // between lessons, as the guardian chose
	"service_portal":      {filter.CheckService, filter.CheckupWarn},
	"service_no_internet": {filter.CheckService, filter.CheckupWarn},

	"lately_quiet":   {filter.CheckLately, filter.CheckupPass},
	"lately_gaps":    {filter.CheckLately, filter.CheckupWarn},
	"lately_changes": {filter.CheckLately, filter.CheckupWarn},
	"lately_unknown": {filter.CheckLately, filter.CheckupNotChecked},

	"asked_yes":     {filter.CheckAsked, filter.CheckupPass},
	"asked_no":      {filter.CheckAsked, filter.CheckupFail},
	"asked_partly":  {filter.CheckAsked, filter.CheckupFail},
	"asked_unknown": {filter.CheckAsked, filter.CheckupNotChecked},

	"categories_closed":  {filter.CheckCategories, filter.CheckupPass},
	"categories_leak":    {filter.CheckCategories, filter.CheckupFail},
	"categories_opened":  {filter.CheckCategories, filter.CheckupFail}, // by the guardian, and every preset closes them
	"categories_open":    {filter.CheckCategories, filter.CheckupNotChecked},
	"categories_other":   {filter.CheckCategories, filter.CheckupWarn}, // this account has its own level
	"categories_unknown": {filter.CheckCategories, filter.CheckupNotChecked},

	"restricted_licensed": {filter.CheckRestricted, filter.CheckupPass},
	"restricted_leak":     {filter.CheckRestricted, filter.CheckupFail},
	"restricted_none":     {filter.CheckRestricted, filter.CheckupWarn}, // or a sample, which protects nobody
	"restricted_unknown":  {filter.CheckRestricted, filter.CheckupNotChecked},

	"safe_on":      {filter.CheckSafeSearch, filter.CheckupPass},
	"safe_off":     {filter.CheckSafeSearch, filter.CheckupWarn},
	"safe_youtube": {filter.CheckSafeSearch, filter.CheckupWarn},
	"safe_leak":    {filter.CheckSafeSearch, filter.CheckupFail},
	"safe_other":   {filter.CheckSafeSearch, filter.CheckupWarn},
	"safe_unknown": {filter.CheckSafeSearch, filter.CheckupNotChecked},

	"canaries_told":    {filter.CheckCanaries, filter.CheckupPass},
	"canaries_leak":    {filter.CheckCanaries, filter.CheckupFail},
	"canaries_open":    {filter.CheckCanaries, filter.CheckupWarn},
	"canaries_unknown": {filter.CheckCanaries, filter.CheckupNotChecked},

	"bypass_closed":  {filter.CheckBypass, filter.CheckupPass},
	"bypass_tls":     {filter.CheckBypass, filter.CheckupFail},
	"bypass_https":   {filter.CheckBypass, filter.CheckupFail},
	"bypass_names":   {filter.CheckBypass, filter.CheckupFail},
	"bypass_open":    {filter.CheckBypass, filter.CheckupWarn},
	"bypass_unknown": {filter.CheckBypass, filter.CheckupNotChecked},

	"browsers_fine":   {filter.CheckBrowsers, filter.CheckupPass},
	"browsers_own":    {filter.CheckBrowsers, filter.CheckupFail},
	"browsers_either": {filter.CheckBrowsers, filter.CheckupWarn}, // its own service first, then the PC's
	"browsers_unread": {filter.CheckBrowsers, filter.CheckupNotChecked},
	"browsers_none":   {filter.CheckBrowsers, filter.CheckupNotChecked},

	"help_open":    {filter.CheckHelp, filter.CheckupPass},
	"help_closed":  {filter.CheckHelp, filter.CheckupFail},
	"help_some":    {filter.CheckHelp, filter.CheckupWarn},
	"help_unknown": {filter.CheckHelp, filter.CheckupNotChecked},

	"lessons_open":        {filter.CheckLessons, filter.CheckupPass},
	"lessons_closed":      {filter.CheckLessons, filter.CheckupWarn},
	"lessons_unreachable": {filter.CheckLessons, filter.CheckupWarn},
	"lessons_none":        {filter.CheckLessons, filter.CheckupNotChecked},
	"lessons_unknown":     {filter.CheckLessons, filter.CheckupNotChecked},

	"broadband_family":  {filter.CheckBroadband, filter.CheckupPass},
	"broadband_chosen":  {filter.CheckBroadband, filter.CheckupWarn},
	"broadband_unknown": {filter.CheckBroadband, filter.CheckupNotChecked},

	"accounts_separate": {filter.CheckAccounts, filter.CheckupPass},
	"accounts_admin":    {filter.CheckAccounts, filter.CheckupFail},
	"accounts_shared":   {filter.CheckAccounts, filter.CheckupWarn},
	"accounts_none":     {filter.CheckAccounts, filter.CheckupWarn},
	"accounts_nobody":   {filter.CheckAccounts, filter.CheckupNotChecked},
	"accounts_unknown":  {filter.CheckAccounts, filter.CheckupNotChecked},

	"lists_fresh":   {filter.CheckLists, filter.CheckupPass},
	"lists_starter": {filter.CheckLists, filter.CheckupWarn},
	"lists_old":     {filter.CheckLists, filter.CheckupWarn},
	"lists_failed":  {filter.CheckLists, filter.CheckupWarn},
	"lists_none":    {filter.CheckLists, filter.CheckupFail},
	"lists_unknown": {filter.CheckLists, filter.CheckupNotChecked},

	"boot_yes":     {filter.CheckBoot, filter.CheckupPass},
	"boot_no":      {filter.CheckBoot, filter.CheckupFail},
	"boot_unknown": {filter.CheckBoot, filter.CheckupNotChecked},

	"clock_right":   {filter.CheckClock, filter.CheckupPass},
	"clock_wrong":   {filter.CheckClock, filter.CheckupFail},
	"clock_unknown": {filter.CheckClock, filter.CheckupNotChecked},
}

// say returns the result of a saying.
func say(id string) filter.CheckupResult {
	s := sayings[id]
	return filter.CheckupResult{Check: s.check, Outcome: s.outcome, Say: id}
}

// one returns a single result.
func one(id string) []filter.CheckupResult { return []filter.CheckupResult{say(id)} }

// A found gathers results.
type found []filter.CheckupResult

// things adds a saying of what is named, if there is anything.
func (f *found) things(id string, named []string) {
	if len(named) > 0 {
		r := say(id)
		r.Things = named
		*f = append(*f, r)
	}
}

// count adds a saying of how often something happened, if it did.
func (f *found) count(id string, times int) {
	if times > 0 {
		r := say(id)
		r.Count = times
		*f = append(*f, r)
	}
}

// categories adds a saying of categories, if there are any.
func (f *found) categories(id string, of filter.Categories) {
	if of != 0 {
		r := say(id)
		r.Categories = of.List()
		*f = append(*f, r)
	}
}
