package learner

import (
	"cmp"
	"slices"

	"lessonguard/resources"
)

// mostBeside is how many services stand beside the words: they help, and must
// not take over.
const mostBeside = 3

// firstFor are the services that a child is best led to first, by topic. Which
// ones are for a topic at all, an age and a nation, the services themselves say;
// by that alone a child who is hurt would be led to a men's or an LGBT line.
var firstFor = map[resources.Topic][]string{
	resources.TopicBullying:       {"kidscape", "kooth", "report-harmful-content", "shout"},
	resources.TopicAdultContact:   {"ceop", "report-remove", "ceop-education"},
	resources.TopicSexualImage:    {"report-remove", "ceop", "iwf-report"},
	resources.TopicHurt:           {"runaway-helpline", "police-101", "shout", "local-authority"},
	resources.TopicNotLookedAfter: {"runaway-helpline", "local-authority", "shout"},
	resources.TopicHome:           {"runaway-helpline", "shout", "kooth", "samaritans", "local-authority"},
	resources.TopicHate:           {"true-vision", "tell-mama", "cst"},
	resources.TopicExtremism:      {"act-early", "anti-terrorist-hotline"},
	resources.TopicSelfHarm:       {"papyrus", "shout", "samaritans"},
	resources.TopicMoney:          {"report-fraud", "report-remove", "fearless"},
	resources.TopicSawSomething:   {"iwf-report", "report-harmful-content", "ceop-education"},
	resources.TopicFeelings:       {"shout", "the-mix", "samaritans", "youngminds", "kooth"},
	resources.TopicIdentity:       {"switchboard", "the-mix", "shout"},
	resources.TopicOther:          {"shout", "the-mix", "samaritans"},
}

// forTopic returns who there is to talk to about t: what is urgent, Childline,
// those that a child is best led to, and the rest.
func (h *Help) forTopic(t resources.Topic) []resources.Service {
	found := resources.Find(h.config.Services, h.need(t))
	rank := func(s resources.Service) int {
		best := slices.Index(firstFor[t], s.ID)
		switch {
		case s.Urgent:
			return 0
		case s.ID == childline.ID:
			return 1
		case best >= 0 && !h.forOlder(s):
			return 2 + best
		case best >= 0:
			return 50 + best
		}
		return 100
	}
	slices.SortStableFunc(found, func(a, b resources.Service) int { return cmp.Compare(rank(a), rank(b)) })
	return found
}

// beside returns the services to show beside the words: of each topic one before
// a second of any. Those whose numbers are on every page are not among them.
func (h *Help) beside() []resources.Service {
	var list []resources.Service
	topics := h.draft.report.Topics
	for i := range mostBeside {
		for _, t := range topics {
			found := h.bestFor(t)
			if len(list) == mostBeside || i >= len(found) {
				continue
			}
			if known := func(s resources.Service) bool { return s.ID == found[i].ID }; !slices.ContainsFunc(list, known) {
				list = append(list, found[i])
			}
		}
	}
	return list
}

// bestFor returns the services for a topic, the best first.
func (h *Help) bestFor(t resources.Topic) []resources.Service {
	var found []resources.Service
	for _, s := range resources.Find(h.config.Services, h.need(t)) {
		// Where it is not known which nation they live in, one that is for some
		// of them may not be for theirs.
		elsewhere := h.draft.nation == "" && !s.Everywhere() && !slices.Contains(firstFor[t], s.ID)
		if !s.Urgent && s.ID != childline.ID && slices.Contains(s.Topics, t) && !elsewhere {
			found = append(found, s)
		}
	}
	rank := func(s resources.Service) int {
		i := slices.Index(firstFor[t], s.ID)
		switch {
		case i >= 0 && !h.forOlder(s):
			return i
		case i >= 0:
			return 50 + i
		case h.forOlder(s):
			return 200 + len(s.Topics)
		}
		return 100 + len(s.Topics) // what is for little else knows most of it
	}
	slices.SortStableFunc(found, func(a, b resources.Service) int { return cmp.Compare(rank(a), rank(b)) })
	return found
}
