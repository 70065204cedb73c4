package activity

import (
	"lessonguard/filter"
)

// The checkup asks for names under this, which never exists on the internet
// (RFC 6761 section 6.2): a family that tests its filter is not shown to have
// tried a site of every category.
const checkup = "lessonguard.test"

// Seen takes note of the verdict v on a question for name, lower case and
// dotted, of the learner with the given id ("" where none is known). It may be
// called for every question there is, from any goroutine; what may not be kept
// is not looked at. It copies name, waits for nothing but another call's copy,
// and allocates nothing. The same name of the same learner counts once a
// minute, because browsers ask again and for several types.
func (s *Store) Seen(learner string, name []byte, v filter.Verdict) {
	k, named, kept := kindOf(v)
	if !kept || isCheckup(name) {
		return
	}
	if s.repeats.again(learner, name, s.config.Running()) {
		return
	}
	s.mu.Lock()
	first, half := s.front.add(learner, name, k, named)
	s.mu.Unlock()
	if first {
		signal(s.wake)
	}
	if half {
		signal(s.filling)
	}
}

func isCheckup(name []byte) bool {
	above := len(name) - len(checkup)
	return above >= 0 && string(name[above:]) == checkup && (above == 0 || name[above-1] == '.')
}

// signal never waits: one that nobody has taken yet says the same.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
