package inbox

import (
	"crypto/subtle"
	"net"
	"net/http"
	"sync"
	"time"
)

// How long a session lasts: in all, and with nobody there.
const (
	longestSession = 12 * time.Hour
	longestIdle    = 30 * time.Minute
)

// A session is one sign-in.
type session struct {
	form        string // what each post carries
	begun, seen time.Time
}

// sessions are in memory only: a restart signs everybody out.
type sessions struct {
	announce func(string)
	tries    *limiter // by address

	mu       sync.Mutex
	password Hash
	all      map[Hash]*session
}

func newSessions(announce func(string)) *sessions {
	s := &sessions{announce: announce, tries: newLimiter(5, 10*time.Second), all: map[Hash]*session{}}
	s.renew()
	return s
}

// renew makes the next one-time password. Call it with the lock, or alone.
func (s *sessions) renew() {
	password := NewCode()
	s.password = HashOfCode(password)
	s.announce(password)
}

// begin exchanges the one-time password for a session's token.
func (s *sessions) begin(password string, now time.Time) (token string, ok bool) {
	given := HashOfCode(password)
	s.mu.Lock()
	defer s.mu.Unlock()
	if subtle.ConstantTimeCompare(given[:], s.password[:]) != 1 {
		return "", false
	}
	s.renew()
	token = NewToken()
	s.all[HashOf(token)] = &session{form: NewToken(), begun: now, seen: now}
	return token, true
}

func (s *sessions) find(token string, now time.Time) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, x := range s.all {
		if now.Sub(x.begun) > longestSession || now.Sub(x.seen) > longestIdle {
			delete(s.all, key)
		}
	}
	x, ok := s.all[HashOf(token)]
	if !ok {
		return session{}, false
	}
	x.seen = now
	return *x, true
}

func (s *sessions) end(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, HashOf(token))
}

func (p *Pages) session(r *http.Request) (session, bool) {
	c, err := r.Cookie(p.cookieName())
	if err != nil {
		return session{}, false
	}
	return p.sessions.find(c.Value, time.Now())
}

// formOf reports whether a post comes from a page of this session, and answers
// it if not.
func (p *Pages) formOf(w http.ResponseWriter, r *http.Request) bool {
	s, ok := p.session(r)
	if ok && subtle.ConstantTimeCompare([]byte(s.form), []byte(r.PostFormValue("form"))) == 1 {
		return true
	}
	p.say(w, r, http.StatusForbidden, "That page was too old. Go back to the inbox and try again.")
	return false
}

func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	if !p.sessions.tries.allow(host, time.Now()) {
		w.Header().Set("Retry-After", "10")
		p.show(w, r, http.StatusTooManyRequests, "sign-in.html", view{Notice: "Too many tries. Wait ten seconds."})
		return
	}
	token, ok := p.sessions.begin(r.PostFormValue("password"), time.Now())
	if !ok {
		p.show(w, r, http.StatusForbidden, "sign-in.html", view{
			Notice: "That is not the one-time password. Each can be used once: the next one is where the program was started.",
		})
		return
	}
	http.SetCookie(w, p.cookie(token, int(longestSession.Seconds())))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) {
	if !p.formOf(w, r) {
		return
	}
	if c, err := r.Cookie(p.cookieName()); err == nil {
		p.sessions.end(c.Value)
	}
	http.SetCookie(w, p.cookie("", -1))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// cookieName tells the inboxes apart: to a browser all ports of a computer are
// one place.
func (p *Pages) cookieName() string { return "lessonguard_" + p.cfg.Reader }

func (p *Pages) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: p.cookieName(), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: p.cfg.Secure, SameSite: http.SameSiteStrictMode,
	}
}
