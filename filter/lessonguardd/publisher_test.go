package main

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/engine"
)

// A publisher is a server of lists, with a certificate that children of this
// process trust, that does as it is told for each path.
type publisher struct {
	*httptest.Server
	mu    sync.Mutex
	paths map[string]http.HandlerFunc
}

func newPublisher(t *testing.T) *publisher {
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux can a child process be given another certificate to trust")
	}
	p := &publisher{paths: map[string]http.HandlerFunc{}}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		serve, ok := p.paths[r.URL.Path]
		p.mu.Unlock()
		if !ok {
			http.NotFound(w, r)
			return
		}
		serve(w, r)
	}))
	t.Cleanup(p.Close)
	root := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(root, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", root)
	return p
}

func (p *publisher) does(path string, serve http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paths[path] = serve
}

// has serves text, with an ETag of it.
func has(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag(text))
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
	}
}

func etag(text string) string { return fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(text))) }

// many returns a list of so many names.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "bet%d.example\n", i)
	}
	return b.String()
}

// catalogued writes a catalogue of lists of gambling sites, by their paths.
func (p *publisher) catalogued(t *testing.T, more string, ids ...string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("version = 1\n")
	for _, id := range ids {
		fmt.Fprintf(&b, "[[lists]]\nid = %q\ntitle = \"List %s\"\ncategory = \"gambling\"\nurl = \"%s/%s\"\nformat = \"plain\"\ndefault = true\n%s", id, id, p.URL, id, more)
	}
	path := filepath.Join(t.TempDir(), "catalogue.toml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// service returns an engine and its compiler, whose children are this test run
// as the program.
func service(t *testing.T, change ...func(*compiler)) (*engine.Engine, *compiler) {
	t.Helper()
	dir := t.TempDir()
	var e *engine.Engine
	c, content, err := newCompiler(compilerConfig{
		dir: dir, engine: func() *engine.Engine { return e }, log: slog.New(slog.DiscardHandler),
		resolvers: func() []netip.AddrPort { return []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:9")} },
	})
	if err != nil {
		t.Fatal(err)
	}
	c.program = filepath.Join(t.TempDir(), "lessonguardd") // see TestMain
	if err := os.Symlink(must(os.Executable()), c.program); err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(c)
	}
	e, err = engine.New(engine.Config{Dir: dir, Content: content, Library: c, Now: time.Now, Logger: c.log})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e, c
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func with(file string) func(*compiler) { return func(c *compiler) { c.catalogue = file } }

// state returns what is said of one list.
func state(t *testing.T, e *engine.Engine, id string) filter.ListState {
	t.Helper()
	all, err := e.Lists(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(l filter.ListState) bool { return l.ID == id })
	if i < 0 {
		t.Fatalf("no list %s among %+v", id, all)
	}
	return all[i]
}

func update(t *testing.T, e *engine.Engine, u filter.ListUpdate) error {
	t.Helper()
	for _, err := range e.UpdateLists(t.Context(), u) {
		if err != nil {
			return err
		}
	}
	return nil
}

func isClosed(t *testing.T, e *engine.Engine, n filter.Name) bool {
	t.Helper()
	x, err := e.Explain(t.Context(), filter.Question{Name: n})
	if err != nil {
		t.Fatal(err)
	}
	return x.Action == filter.Block
}
