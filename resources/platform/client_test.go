package platform_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/platform"
)

func is(err, target error) bool { return errors.Is(err, target) }

func as(err error, target any) bool { return errors.As(err, target) }

func TestAddress(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://safe.example.org":       true,
		"https://safe.example.org/":      true,
		"https://safe.example.org:8443":  true,
		"http://127.0.0.1:8710":          true,
		"http://[::1]:8710":              true,
		"http://localhost:8710":          true,
		"http://safe.example.org":        false,
		"http://127.0.0.1.example.org":   false,
		"http://192.168.1.2":             false,
		"ftp://safe.example.org":         false,
		"safe.example.org":               false,
		"https://":                       false,
		"https://safe.example.org/x":     false,
		"https://safe.example.org?x=1":   false,
		"https://me:pw@safe.example.org": false,
		"":                               false,
	} {
		c, err := platform.New(platform.Config{URL: address})
		if (err == nil) != ok || (err != nil && !errors.Is(err, platform.ErrAddress)) {
			t.Errorf("New(%q) = %v, want ok %v", address, err, ok)
		}
		if c != nil {
			c.Close()
		}
	}
}

// TestSendFailures has a platform, or what stands in its way, answer in every
// bad way. A message is given up only for the platform's own lasting word, and
// no error tells which message it was.
func TestSendFailures(t *testing.T) {
	problem := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			platform.Refuse(w, platform.Problem{Type: "urn:lessonguard:problem:x", Title: "x", Status: status})
		}
	}
	text := func(status int, mediaType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	const other = `{"id":"00000000000000000000000000000000","state":"received","received":"2026-11-21T09:00:00Z"}`
	for _, tt := range []struct {
		name     string
		answer   http.HandlerFunc
		rejected bool
	}{
		{"bad request", problem(400), true},
		{"wrong token", problem(403), true},
		{"conflict", problem(409), true},
		{"token ended", problem(401), false},
		{"timeout", problem(408), false},
		{"too early", problem(425), false},
		{"too many", problem(429), false},
		{"broken", problem(500), false},
		{"full", problem(507), false},
		{"not built", problem(501), false},
		{"a proxy's 403", text(403, "text/html", "<h1>Forbidden</h1>"), false},
		{"a proxy's problem", text(403, platform.ProblemType, `{"type":"about:blank","title":"Forbidden","status":403}`), false},
		{"a sign-in page", text(200, "text/html", "<h1>Hotel Wi-Fi</h1>"), false},
		{"no JSON", text(200, "application/json", "<h1>"), false},
		{"another's receipt", text(200, "application/json", other), false},
		{"nothing", text(201, "application/json", ""), false},
		{"a gigabyte", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for range 1024 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}, false},
		{"hang up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/elsewhere", http.StatusTemporaryRedirect)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := resources.Message{ID: resources.NewID(), Kind: resources.KindReport, Sealed: make([]byte, 4096)}
			c := dial(t, tt.answer)
			_, err := c.Send(t.Context(), "token", m)
			if err == nil || errors.Is(err, resources.ErrRejected) != tt.rejected {
				t.Errorf("Send = %v, want rejected %v", err, tt.rejected)
			}
			hello := c.Hello(t.Context(), "token")
			for _, err := range []error{err, hello} {
				for _, secret := range []string{m.ID, "report", "hello", "token-"} {
					if strings.Contains(fmt.Sprint(err), secret) {
						t.Errorf("the error tells of %q: %v", secret, err)
					}
				}
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	c, err := platform.New(platform.Config{URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	m := resources.Message{ID: resources.NewID(), Kind: resources.KindReport, Sealed: make([]byte, 4096)}
	_, err = c.Send(t.Context(), "token", m)
	if err == nil || errors.Is(err, resources.ErrRejected) || strings.Contains(err.Error(), "report") || strings.Contains(err.Error(), m.ID) {
		t.Errorf("Send = %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"7":        7 * time.Second,
		"99999999": 24 * time.Hour,
		time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat): 0,
	} {
		c := dial(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		err := c.Hello(t.Context(), "token")
		later := new(resources.Later)
		if !errors.As(err, &later) || later.After != want {
			t.Errorf("Retry-After %s: %v after %v, want %v", value, err, later.After, want)
		}
	}
	c := dial(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "soon")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	if later := new(resources.Later); errors.As(c.Hello(t.Context(), "token"), &later) {
		t.Errorf("made %v of a Retry-After that says nothing", later.After)
	}
}

func TestTimeout(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does a server see that its client has gone
		<-r.Context().Done()
	}))
	defer srv.Close()
	c, err := platform.New(platform.Config{URL: srv.URL, Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Hello(context.WithoutCancel(t.Context()), "token"); err == nil {
		t.Error("Hello to a platform that hangs succeeded")
	}
}

// TestTLS reaches a platform with a certificate that is vouched for, and no
// other.
func TestTLS(t *testing.T) {
	h, _ := server(t)
	srv := httptest.NewTLSServer(h)
	defer srv.Close()
	srv.Config.ErrorLog = nil
	for _, trusted := range []bool{true, false} {
		roots := x509.NewCertPool()
		if trusted {
			roots.AddCert(srv.Certificate())
		}
		c, err := platform.New(platform.Config{URL: srv.URL, Roots: roots})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Profile(t.Context()); (err == nil) != trusted {
			t.Errorf("trusted %v: %v", trusted, err)
		}
		c.Close()
	}
}

func TestVersions(t *testing.T) {
	for body, want := range map[string]error{
		`{"contract":2,"name":"x","safeguarding":["age1x"]}`: platform.ErrVersion,
		`{"contract":1,"name":"x","safeguarding":[]}`:        platform.ErrNotPlatform,
		`{"contract":1,"safeguarding":["age1x"]}`:            platform.ErrNotPlatform,
		`{}`: platform.ErrNotPlatform,
	} {
		c := dial(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
		}))
		if _, err := c.Profile(t.Context()); !errors.Is(err, want) {
			t.Errorf("Profile %s = %v, want %v", body, err, want)
		}
	}
}

// TestLookAlike compares what goes over the network for each kind of message
// and for a hello: byte for byte as long, with the same headers.
func TestLookAlike(t *testing.T) {
	size := func(contact func(*platform.Client) error) (length int, names string) {
		t.Helper()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		got := make(chan []byte, 1)
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			all, _ := io.ReadAll(conn) // until the client gives up
			got <- all
		}()
		c, err := platform.New(platform.Config{URL: "http://" + l.Addr().String(), Timeout: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := contact(c); err == nil {
			t.Fatal("a listener that never answers answered")
		}
		sent := <-got
		head, _, _ := bytes.Cut(sent, []byte("\r\n\r\n"))
		for _, line := range strings.Split(string(head), "\r\n")[1:] {
			name, _, _ := strings.Cut(line, ":")
			names += name + " "
		}
		return len(sent), names
	}
	var lengths []int
	var headers []string
	note := func(contact func(*platform.Client) error) {
		n, names := size(contact)
		lengths, headers = append(lengths, n), append(headers, names)
	}
	for _, kind := range resources.Kinds() {
		note(func(c *platform.Client) error {
			_, err := c.Send(t.Context(), "token", resources.Message{ID: resources.NewID(), Kind: kind, Sealed: make([]byte, 4096)})
			return err
		})
	}
	seen := map[int]bool{}
	for range 100 {
		n, names := size(func(c *platform.Client) error { return c.Hello(t.Context(), "token") })
		if names != headers[0] {
			t.Fatalf("a hello has the headers %s, a report %s", names, headers[0])
		}
		if seen[n] = true; seen[lengths[0]] {
			break
		}
	}
	if !seen[lengths[0]] {
		t.Errorf("no hello of 100 was as long as a short report: %v", seen)
	}
	for i := range lengths {
		if lengths[i] != lengths[0] || headers[i] != headers[0] {
			t.Errorf("%s: %d bytes with %s; %s: %d bytes with %s", resources.Kinds()[i], lengths[i], headers[i], resources.Kinds()[0], lengths[0], headers[0])
		}
	}
	if strings.Contains(headers[0], "Encoding") {
		t.Errorf("headers: %s", headers[0])
	}
}
