package checkup

import (
	"context"
	"sync"

	"lessonguard/filter"
)

// checkHelp looks up every help service and counts: which of them can be found
// is in no record, as nothing else about them is.
func (r *checkup) checkHelp(ctx context.Context) []filter.CheckupResult {
	answers := r.lookAll(ctx, r.Help)
	closed, missing := 0, 0
	for _, a := range answers {
		switch {
		case a.closed():
			closed++
		case !a.open():
			missing++
		}
	}
	counted := func(id string, count int) []filter.CheckupResult {
		result := say(id)
		result.Count, result.Of = count, len(answers)
		return []filter.CheckupResult{result}
	}
	switch {
	case closed > 0:
		return counted("help_closed", closed)
	case missing == len(answers), missing > 0 && !r.online():
		return one("help_unknown")
	case missing > 0:
		return counted("help_some", missing)
	}
	return counted("help_open", len(answers))
}

// checkLessons connects to the lesson sites, without asking them for anything.
func (r *checkup) checkLessons(ctx context.Context) []filter.CheckupResult {
	if r.familyErr != nil {
		return one("lessons_unknown")
	}
	sites := r.Lessons(r.household.Provider)
	if len(sites) == 0 {
		return one("lessons_none")
	}
	got := make([]reach, len(sites))
	var all sync.WaitGroup
	for i, l := range sites {
		all.Go(func() { got[i] = r.reaches(ctx, l.Host) })
	}
	all.Wait()
	by := map[reach][]string{}
	for i, l := range sites {
		by[got[i]] = append(by[got[i]], l.Title)
	}
	by[unreachable] = append(by[unreachable], by[refused]...)
	if len(by[unreachable]) == len(sites) && !r.online() {
		return one("lessons_unknown")
	}
	var f found
	f.things("lessons_closed", by[shut])
	f.things("lessons_unreachable", by[unreachable])
	f.things("lessons_open", by[reached])
	return f
}
