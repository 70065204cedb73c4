package filter

import (
	"slices"
	"time"
)

// A Notice is something that happened to the filtering of this PC and that a
// guardian should know: a time in which nothing was filtered, or a change on the
// PC that can lead past the filter. It names no site and no account.
type Notice struct {
	Kind NoticeKind `json:"kind"`
	From time.Time  `json:"from"`
	// To is when it was over. It is From for what has no length, and zero while
	// it goes on.
	To time.Time `json:"to,omitzero"`
	// Times is how often it happened between From and To; 0: once.
	Times int `json:"times,omitempty"`
}

// NoticeKind is what happened.
type NoticeKind string

// The kinds of notices.
const (
	NoticeNoResolver NoticeKind = "no-resolver" // the hook was let go: no resolver answered
	NoticeNoHook     NoticeKind = "no-hook"     // the service could not become the PC's resolver
	NoticeUndone     NoticeKind = "undone"      // something on the PC undid the hook
	NoticeKilled     NoticeKind = "killed"      // the service was ended by force
	NoticeStopped    NoticeKind = "stopped"     // the service was stopped, while the PC was on
	NoticeHosts      NoticeKind = "hosts"       // the PC's hosts file was changed
	NoticeResolvers  NoticeKind = "resolvers"   // the PC was set to ask other resolvers
	NoticeTunnel     NoticeKind = "tunnel"      // a VPN or another tunnel was made
	NoticeRemoved    NoticeKind = "removed"     // the service's program was taken off the PC
	NoticeDamaged    NoticeKind = "damaged"     // settings could not be read, and were set aside
)

var notices = map[NoticeKind]string{
	NoticeNoResolver: "No resolver answered, so Lessonguard stepped aside and nothing was filtered.",
	NoticeNoHook:     "Lessonguard could not become this PC's resolver, so nothing was filtered.",
	NoticeUndone:     "Something on this PC undid the filtering, and Lessonguard took it back.",
	NoticeKilled:     "Lessonguard was ended by force, and nothing was filtered until it ran again.",
	NoticeStopped:    "Lessonguard did not run while this PC was on, and nothing was filtered.",
	NoticeHosts:      "The hosts file of this PC was changed. Names in it go past the filter.",
	NoticeResolvers:  "This PC was set to ask other DNS servers.",
	NoticeTunnel:     "A VPN or another tunnel was made on this PC. What goes through it may not be filtered.",
	NoticeRemoved:    "Lessonguard's program was removed from this PC. It stops when the PC is next started.",
	NoticeDamaged:    "Settings of Lessonguard could not be read and were set aside. The usual ones are in force.",
}

// Known reports whether k is one of the kinds.
func (k NoticeKind) Known() bool { return notices[k] != "" }

// Gap reports whether nothing was filtered from From to To.
func (k NoticeKind) Gap() bool {
	switch k {
	case NoticeNoResolver, NoticeNoHook, NoticeUndone, NoticeKilled, NoticeStopped:
		return true
	}
	return false
}

// Over reports whether it no longer goes on.
func (n Notice) Over() bool { return !n.To.IsZero() }

// String returns the notice in a sentence, without its times.
func (n Notice) String() string { return notices[n.Kind] }

// How long notices are kept, and how many at most.
const (
	NoticesKept = 7 * 24 * time.Hour
	MaxNotices  = 200
	// What happens again within NoticesJoin is the same notice: who undoes the
	// hook every second shall not make every other notice be forgotten.
	NoticesJoin = 10 * time.Minute
)

// AddNotice returns notices, the oldest first, with n in its place: instead of
// the one that n goes on from, joined to one of its kind shortly before, or at
// the end. Those that are too old or too many go. It reports whether n is one
// that was not there before, in any form.
func AddNotice(all []Notice, n Notice, now time.Time) (added []Notice, fresh bool) {
	added = slices.DeleteFunc(slices.Clone(all), func(o Notice) bool { return o.Over() && now.Sub(o.To) > NoticesKept })
	at := slices.IndexFunc(added, func(o Notice) bool {
		return o.Kind == n.Kind && !o.From.After(n.From) && n.From.Sub(o.end(now)) < NoticesJoin
	})
	if at < 0 {
		added = append(added, n)
		return added[max(0, len(added)-MaxNotices):], true
	}
	o := &added[at]
	if o.Over() && !o.From.Equal(n.From) {
		o.Times = max(o.Times, 1) + max(n.Times, 1)
	}
	o.To = n.To
	return added, false
}

func (n Notice) end(now time.Time) time.Time {
	if n.To.IsZero() {
		return now
	}
	return n.To
}
