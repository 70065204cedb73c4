package inbox

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/seal"
)

//go:embed pages
var files embed.FS

// A PagesConfig says who reads an inbox.
type PagesConfig struct {
	Store Store
	// Identities are the reader's keys. What they do not open is not there.
	Identities []seal.Identity
	// Reader is who reads in one word: safeguarding or oversight.
	Reader string
	// Title heads every page: "Safeguarding inbox", say, and the provider.
	Title    string
	Practice bool // every page says that nobody reads it
	// Announce is given each one-time password: one now, and a new one as soon
	// as it was used.
	Announce func(password string)
	// Looked is called each time that the reader looks at the list; nil: nobody
	// has to know.
	Looked func()
	Secure bool // the pages are reached by https
	Log    *slog.Logger
}

// Pages shows an inbox to one reader.
type Pages struct {
	cfg      PagesConfig
	pages    *template.Template
	sessions *sessions
	reader   *reader
}

// NewPages returns the handler for the pages at / and under it.
func NewPages(cfg PagesConfig) (http.Handler, error) {
	pages, err := template.New("").Funcs(template.FuncMap{
		"when": func(t time.Time) string { return t.Local().Format("Monday 2 January 2006, 15:04") },
		"iso":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	}).ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	p := &Pages{cfg: cfg, pages: pages, sessions: newSessions(cfg.Announce), reader: newReader(cfg.Store, cfg.Identities)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.list)
	mux.HandleFunc("POST /find", p.find)
	mux.HandleFunc("GET /messages/{id}", p.message)
	mux.HandleFunc("POST /messages/{id}/open", p.open)
	mux.HandleFunc("POST /sign-in", p.signIn)
	mux.HandleFunc("POST /sign-out", p.signOut)
	mux.HandleFunc("GET /style.css", p.style)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		p.say(w, r, http.StatusNotFound, "There is no such page.")
	})
	// Other sites cannot post here, whatever cookies a browser sends along.
	return p.guard(http.NewCrossOriginProtection().Handler(mux)), nil
}

// guard sets what keeps a page from running, framing or remembering anything.
// There are no scripts, so none is allowed: a report that smuggles one in is
// shown as the letters that it is.
func (p *Pages) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if p.cfg.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
		next.ServeHTTP(w, r)
	})
}

// A view is what a page is made of.
type view struct {
	Title    string
	Practice bool
	Form     string // the token that posts of this session carry; empty: nobody is signed in
	Notice   string
	Items    []item
	Older    string // the message that the next page is before; empty: there is none
	Item     *item
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, page string, v view) {
	v.Title, v.Practice = p.cfg.Title, p.cfg.Practice
	if s, ok := p.session(r); ok {
		v.Form = s.form
	}
	var b bytes.Buffer
	if err := p.pages.ExecuteTemplate(&b, page, v); err != nil {
		p.cfg.Log.Error("a page could not be made", "page", page, "err", err)
		http.Error(w, "Something went wrong. Nothing is lost: go back and try again.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func (p *Pages) say(w http.ResponseWriter, r *http.Request, status int, notice string) {
	p.show(w, r, status, "notice.html", view{Notice: notice})
}

func (p *Pages) fail(w http.ResponseWriter, r *http.Request, what string, err error) {
	p.cfg.Log.Error("the store failed", "at", what, "err", err)
	p.say(w, r, http.StatusInternalServerError, "The messages could not be read just now. Nothing is lost: try again in a minute.")
}

func (p *Pages) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "pages/style.css")
}

// list shows what the reader's key opens, newest first.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.session(r); !ok {
		p.show(w, r, http.StatusOK, "sign-in.html", view{})
		return
	}
	items, older, err := p.reader.page(r.Context(), r.URL.Query().Get("before"))
	if err != nil {
		p.fail(w, r, "listing messages", err)
		return
	}
	if p.cfg.Looked != nil {
		p.cfg.Looked()
	}
	p.show(w, r, http.StatusOK, "list.html", view{Items: items, Older: older})
}

// message shows one message once it has been opened: looking at it by way of a
// link alone would leave its sender thinking that nobody did.
func (p *Pages) message(w http.ResponseWriter, r *http.Request) {
	if i, ok := p.known(w, r); ok {
		p.show(w, r, http.StatusOK, "message.html", view{Item: &i})
	}
}

// open marks a message as opened, which its sender may be told.
func (p *Pages) open(w http.ResponseWriter, r *http.Request) {
	i, ok := p.known(w, r)
	if !ok || !p.formOf(w, r) {
		return
	}
	if err := p.cfg.Store.MarkOpened(r.Context(), i.ID, time.Now()); err != nil {
		p.fail(w, r, "opening a message", err)
		return
	}
	http.Redirect(w, r, "/messages/"+i.ID, http.StatusSeeOther)
}

// find leads to the message that a sender gave the reference of, on the phone
// say. It is posted, so that no reference stands in an address.
func (p *Pages) find(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.session(r); !ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if !p.formOf(w, r) {
		return
	}
	code, ok := resources.ParseReference(r.PostFormValue("reference"))
	if !ok {
		p.say(w, r, http.StatusNotFound, "That is not a whole code. It has twelve letters and numbers.")
		return
	}
	http.Redirect(w, r, "/messages/"+code.ID(), http.StatusSeeOther)
}

// known returns the message of the request, if the reader may know of it.
func (p *Pages) known(w http.ResponseWriter, r *http.Request) (item, bool) {
	if _, ok := p.session(r); !ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return item{}, false
	}
	i, err := p.reader.message(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, resources.ErrNotForUs):
		// The same answer for both: that there is one must not show either.
		p.say(w, r, http.StatusNotFound, "There is no such message.")
	case err != nil:
		p.fail(w, r, "reading a message", err)
	default:
		return i, true
	}
	return item{}, false
}
