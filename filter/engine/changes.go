package engine

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"lessonguard/filter"
)

// changes collects what has changed, in words for the audit log: how many names
// were added and removed, never which.
type changes []string

func (c *changes) say(format string, args ...any) { *c = append(*c, fmt.Sprintf(format, args...)) }

// sentence returns the changes after what they are of; "" if there are none.
func (c *changes) sentence(of string) string {
	if len(*c) == 0 {
		return ""
	}
	return of + " changed: " + strings.Join(*c, "; ") + "."
}

// counted says how many of a kind were added and removed.
func counted[T any](c *changes, kind string, before, after []T) {
	missing := func(from, in []T) (n int) {
		for _, v := range from {
			if !slices.ContainsFunc(in, func(w T) bool { return reflect.DeepEqual(v, w) }) {
				n++
			}
		}
		return n
	}
	added, removed := missing(after, before), missing(before, after)
	switch {
	case added > 0 && removed > 0:
		c.say("%s: %d added, %d removed", kind, added, removed)
	case added > 0:
		c.say("%s: %d added", kind, added)
	case removed > 0:
		c.say("%s: %d removed", kind, removed)
	}
}

// policyChange says what is different in the policy after; "" if nothing is.
func policyChange(before, after filter.Policy, h filter.Household) string {
	var c changes
	c.level("", before.Level, after.Level)
	for _, id := range slices.Sorted(maps.Keys(merged(before.Learners, after.Learners))) {
		was, had := before.Learners[id]
		is, has := after.Learners[id]
		whose := learnerName(h, id)
		switch {
		case had && has:
			c.level(whose+": ", was, is)
		case has:
			c.say("%s has settings of their own", whose)
		default:
			c.say("%s has the same settings as everybody", whose)
		}
	}
	switch {
	case before.Guardians != nil && after.Guardians != nil:
		c.level("guardians: ", *before.Guardians, *after.Guardians)
	case after.Guardians != nil:
		c.say("guardians have settings of their own")
	case before.Guardians != nil:
		c.say("guardians have the same settings as learners")
	}
	counted(&c, "rules", before.Rules, after.Rules)
	counted(&c, "lesson tools", before.Bundles, after.Bundles)
	counted(&c, "lesson sites", before.LessonNames, after.LessonNames)
	counted(&c, "weekly lessons", before.Timetable, after.Timetable)
	counted(&c, "names that may lead to this home's network", before.Rebinding, after.Rebinding)
	if before.Hook != after.Hook {
		when := "at all times"
		if after.Hook == filter.HookInLessons {
			when = "in lessons only"
		}
		c.say("filtering %s", when)
	}
	if !slices.Equal(before.Upstreams, after.Upstreams) {
		c.say("other resolvers are asked")
	}
	return c.sentence("The filter's settings were")
}

// level says what is different between two levels.
func (c *changes) level(whose string, before, after filter.Level) {
	c.categories(whose, "always closed", before.Closed, after.Closed)
	c.categories(whose, "closed in lessons", before.ClosedInLessons, after.ClosedInLessons)
	if before.SafeSearch != after.SafeSearch {
		c.say("%ssafe search %s", whose, map[bool]string{true: "on", false: "off"}[after.SafeSearch])
	}
	if before.YouTube != after.YouTube {
		c.say("%sYouTube %s", whose, after.YouTube)
	}
	if before.Style != after.Style {
		c.say("%slesson mode %s", whose, after.Style)
	}
}

func (c *changes) categories(whose, which string, before, after filter.Categories) {
	said := func(not string, cats filter.Categories) {
		var ids []string
		for _, cat := range cats.List() {
			ids = append(ids, cat.String())
		}
		if len(ids) > 0 {
			c.say("%s%s%s %s", whose, not, which, strings.Join(ids, ", "))
		}
	}
	said("", after&^before)
	said("no longer ", before&^after)
}

// householdChange says what is different in the household after; "" if nothing
// is.
func householdChange(before, after filter.Household) string {
	var c changes
	switch {
	case before.Provider.ID != after.Provider.ID && after.Provider.ID == "":
		c.say("no provider")
	case before.Provider.ID != after.Provider.ID:
		c.say("the provider is %s", after.Provider.Name)
	case !reflect.DeepEqual(before.Provider, after.Provider):
		c.say("the provider's details")
	}
	ids := func(all []filter.Learner) (ids []string) {
		for _, l := range all {
			ids = append(ids, l.ID)
		}
		return ids
	}
	counted(&c, "learners", ids(before.Learners), ids(after.Learners))
	for _, is := range after.Learners {
		at := slices.IndexFunc(before.Learners, func(l filter.Learner) bool { return l.ID == is.ID })
		if at >= 0 && !reflect.DeepEqual(before.Learners[at], is) {
			c.say("what is known of %s", is.Name)
		}
	}
	counted(&c, "guardians' accounts", before.Guardians, after.Guardians)
	return c.sentence("What is known of the family was")
}

func learnerName(h filter.Household, id string) string {
	for _, l := range h.Learners {
		if l.ID == id {
			return l.Name
		}
	}
	return "a learner"
}

func merged[K comparable, V any](a, b map[K]V) map[K]V {
	all := maps.Clone(a)
	if all == nil {
		all = map[K]V{}
	}
	maps.Copy(all, b)
	return all
}
