//go:build unix

package control_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// FuzzServer: whatever bytes come as a request, from a learner or a guardian,
// are answered, with JSON or events, and nothing panics. It asks an engine, so
// that what the door lets through is tried too.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{
		"GET /v1/status HTTP/1.1\r\nHost: lessonguard\r\n\r\n",
		"GET /v1/policy HTTP/1.1\r\nHost: lessonguard\r\nAuthorization: Bearer let me in\r\n\r\n",
		"PUT /v1/policy HTTP/1.1\r\nHost: lessonguard\r\nAuthorization: Bearer let me in\r\nContent-Length: 104\r\n\r\n" +
			`{"level":{"closed":["games"],"safeSearch":true,"youtube":"strict","style":"approved-only"},"hook":"always"}`,
		"POST /v1/explain HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 26\r\n\r\n" + `{"name":"www.game.example"}`,
		"POST /v1/lesson HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 30\r\n\r\n" + `{"on":true,"for":600000000000}`,
		"PUT /v1/household HTTP/1.1\r\nHost: lessonguard\r\nAuthorization: Bearer let me in\r\nContent-Length: 63\r\n\r\n" +
			`{"provider":{"id":"x","name":"X"},"learners":[{"id":"a"}]}     `,
		"POST /v1/activity HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 15\r\n\r\n" + `{"learner":"a"}`,
		"POST /v1/requests HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 37\r\n\r\n" + `{"name":"news.example","why":"maths"}`,
		"GET /v1/requests HTTP/1.1\r\nHost: lessonguard\r\nAuthorization: Bearer let me in\r\n\r\n",
		"POST /v1/requests/0123456789abcdef HTTP/1.1\r\nHost: lessonguard\r\nAuthorization: Bearer let me in\r\nContent-Length: 14\r\n\r\n" + `{"allow":true}`,
		"PUT /v1/pin HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 30\r\n\r\n" + `{"new":"482915","claim":"0000"}`,
		"POST /v1/unlock HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 8\r\n\r\n" + `"482915"`,
		"GET /v1/audit?limit=-5 HTTP/1.1\r\nHost: lessonguard\r\nAuthorization: Bearer let me in\r\n\r\n",
		"POST /v1/checkup HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 34\r\n\r\n" + `"0123456789abcdef0123456789abcdef"`,
		"GET /v1/lists HTTP/1.1\r\nHost: lessonguard\r\n\r\n",
		"POST /v1/lists/update HTTP/1.1\r\nHost: lessonguard\r\nAuthorization: Bearer let me in\r\n\r\n",
		"GET /v1/../v1/status HTTP/1.1\r\nHost: evil.example\r\nOrigin: null\r\n\r\n",
		"POST /v1/explain HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 14\r\n\r\n" + `{"name":"\u00"}`,
		"CONNECT lessonguard HTTP/1.1\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	e := newEngine(f)
	h := control.NewServer(control.Config{Control: e, Guard: guard{}, Logger: slog.New(slog.DiscardHandler)}).Handler()
	var asked atomic.Int64
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return // net/http answers those by itself
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // ends a watch
		defer cancel()
		account := fmt.Sprint(asked.Add(1)) // not held up by the limits of earlier ones
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(control.From(ctx, filter.Caller{Account: "leo", ID: account, Process: "1"})))
		switch w.Header().Get("Content-Type") {
		case "application/json":
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("answered %q, which is no JSON", w.Body)
			}
		case "text/event-stream":
		default:
			if w.Code < 300 || w.Code > 405 { // a redirect to the cleaned path, or none of our routes
				t.Errorf("answered %d, %q", w.Code, w.Body)
			}
		}
	})
}
