package desktop

import (
	"errors"
	"net/url"
	"strings"
)

// Scheme is that of links which open this program; the packages register it.
const Scheme = "lessonguard"

// A Link is what a lessonguard: link asks for. Any web page can show one, so it
// opens a page or fills in a code, and does nothing by itself.
type Link struct {
	Help   bool
	Invite string // code
}

// maxInvite bounds a code, in bytes.
const maxInvite = 256

// ParseLink reads lessonguard://help, lessonguard://invite/CODE, or lessonguard:
// alone. ok reports whether text is such a link at all.
func ParseLink(text string) (l Link, ok bool, err error) {
	if !strings.HasPrefix(strings.ToLower(text), Scheme+":") {
		return l, false, nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return l, true, errors.New("the link is not an address") // the error would repeat it
	}
	path := strings.Trim(u.Host+u.Path, "/")
	code, invites := strings.CutPrefix(path, "invite/")
	switch {
	case path == "" && u.Opaque == "":
	case path == "help":
		l.Help = true
	case invites && good(code):
		l.Invite = code
	default:
		return l, true, errors.New("the link is none of Lessonguard's: there are lessonguard://help and lessonguard://invite/CODE")
	}
	return l, true, nil
}

// good reports whether code can be an invite's.
func good(code string) bool {
	return code != "" && len(code) <= maxInvite && strings.Trim(strings.ToLower(code), "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}
