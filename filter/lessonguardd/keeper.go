package main

import "time"

// A keeper decides whether the hook is to be held. It knows no clock and no
// network, only what it is told of them step by step.
//
// The hook is let go for one reason only: our own probes say that no resolver of
// this PC has answered for letGoAfter. What a program on the PC asks, how much it
// asks and whether it is answered is not among what a keeper is told, or a
// learner could have the filter let go.
//
// Nor is it let go where nothing could be asked: with the cable out, or on a
// network that gives no resolver, there is no router that could answer in our
// place, and who pulled the cable out and put it back would find the filter off
// until the next probe. Such time does not count, and nor does sleep.
type keeper struct {
	dead  time.Duration // for which no resolver has answered, while one could have
	letGo bool          // until one answers
}

// letGoAfter is how long no resolver may answer. Meanwhile answers from before
// are given.
const letGoAfter = 10 * time.Second

// longestStep is the most that a step counts for: a PC that was asleep, or too
// busy to ask anybody, has not been without a resolver for all that time.
const longestStep = 2 * time.Second

// A holding is what to do with the hook.
type holding int

const (
	holdIt holding = iota
	letItGo
	restIt // the guardian wants it held in lessons only, and there is none
)

// A step is what a keeper is told.
type step struct {
	passed    time.Duration // since the step before, by a clock that stands still in sleep
	answers   bool          // a resolver answers our probes
	reachable bool          // the PC has a link, and resolvers that could be asked
	moved     bool          // the PC slept, its clock was set, or the network is another
	wanted    bool          // the guardian wants the filter on now
}

func (k *keeper) next(s step) holding {
	switch {
	case s.answers:
		k.dead, k.letGo = 0, false
	case s.moved, !s.reachable:
		k.dead = 0
	default:
		k.dead += min(max(s.passed, 0), longestStep)
	}
	if k.dead >= letGoAfter {
		k.letGo = true
	}
	switch {
	case !s.wanted:
		return restIt
	case k.letGo:
		return letItGo
	}
	return holdIt
}
