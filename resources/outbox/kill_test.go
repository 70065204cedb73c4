package outbox_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/inbox"
	"lessonguard/resources/inbox/store"
	"lessonguard/resources/outbox"
	"lessonguard/resources/platform"
)

// go test ./resources/outbox -run Kill -kills 2000 is the long one.
var kills = flag.Int("kills", 10, "how many times TestKill kills a sender")

// wantedKills is the flag, or LESSONGUARD_KILLS: what a variable says, the test
// cache knows.
func wantedKills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("LESSONGUARD_KILLS")
	if text == "" {
		return *kills
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("LESSONGUARD_KILLS: %v", err)
	}
	return n
}

// The child writes and sends until it is killed; the test starts it from its
// own binary.
const (
	childDir = "LESSONGUARD_TEST_OUTBOX"
	childURL = "LESSONGUARD_TEST_PLATFORM"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir, os.Getenv(childURL)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child says "ok ID" for each message that Put has confirmed, once it has.
func child(dir, address string) error {
	ctx := context.Background()
	c, err := platform.New(platform.Config{URL: address, Timeout: 300 * time.Millisecond})
	if err != nil {
		return err
	}
	o, err := outbox.Open(ctx, outbox.Config{
		Dir: dir, Every: 50 * time.Millisecond, Timeout: time.Second,
		Hello: func(ctx context.Context) error { return c.Hello(ctx, "token") },
	})
	if err != nil {
		return err
	}
	if err := o.Damage(); err != nil {
		return err
	}
	go func() {
		_ = o.Run(ctx, only(func(ctx context.Context, m resources.Message) (resources.Receipt, error) {
			return c.Send(ctx, "token", m)
		}, &stormAt))
	}()
	for {
		m := message(resources.Sizes[rand.IntN(len(resources.Sizes))])
		m.To = resources.Addresses(stormAt.URL, stormAt.Recipients)
		switch err := o.Put(ctx, m); {
		case err == nil:
			fmt.Println("ok", m.ID) //nolint:forbidigo // to the test
		case errors.Is(err, resources.ErrFull):
		default:
			return err
		}
		time.Sleep(rand.N(40 * time.Millisecond))
	}
}

// stormAt is where the storm is, to a message's address.
var stormAt = resources.Destination{URL: "https://storm.example", Recipients: []string{"age1storm"}, Since: time.Unix(1, 0)}

// A storm is a platform that keeps messages and fails in every way while it
// does: before it has kept one, after, and half way through saying so.
type storm struct {
	store inbox.Store
	calm  atomic.Bool
	mu    sync.Mutex
	seen  map[string]int // how often each way
}

func (s *storm) note(way string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[way]++
}

func (s *storm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	way := rand.IntN(8)
	if s.calm.Load() {
		way = 7
	}
	switch way {
	case 0:
		s.note("hangs up at once")
		panic(http.ErrAbortHandler)
	case 1:
		s.note("status 500")
		w.WriteHeader(http.StatusInternalServerError)
	case 2:
		s.note("status 429")
		platform.Refuse(w, platform.TooManyAtOnce)
	case 3:
		s.note("hangs")
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-time.After(2 * time.Second):
		}
	case 4:
		s.keep(httptest.NewRecorder(), r)
		s.note("keeps it and hangs up")
		panic(http.ErrAbortHandler)
	case 5:
		answer := httptest.NewRecorder()
		s.keep(answer, r)
		s.note("keeps it and hangs up half way through its answer")
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			half := fmt.Sprintf("HTTP/1.1 %d Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", answer.Code, answer.Body.Len(), answer.Body.String()[:answer.Body.Len()/2])
			_, _ = io.WriteString(conn, half)
			conn.Close()
		}
	default:
		s.note("answers")
		s.keep(w, r)
	}
}

func (s *storm) keep(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut short
	}
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	k := inbox.Kept{ID: id, Class: inbox.Concerns, Household: "x", Received: time.Now(), Sealed: body}
	if strings.Contains(r.URL.Path, "hello") {
		platform.Answer(w, http.StatusCreated, platform.NewReceipt(k.Receipt()))
		return
	}
	kept, _, err := s.store.Keep(context.WithoutCancel(r.Context()), k)
	switch {
	case errors.Is(err, inbox.ErrConflict):
		s.note("CONFLICT")
		platform.Refuse(w, platform.OtherMessage)
	case err != nil:
		platform.Refuse(w, platform.CannotKeep)
	default:
		platform.Answer(w, http.StatusCreated, platform.NewReceipt(kept.Receipt()))
	}
}

// serve serves on one address until the test ends, and goes away for moments.
func (s *storm) serve(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	stop := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			srv := &http.Server{Handler: s, ReadHeaderTimeout: time.Second}
			go func(l net.Listener) { _ = srv.Serve(l) }(l)
			again := time.After(time.Hour)
			if !s.calm.Load() {
				again = time.After(200*time.Millisecond + rand.N(time.Second))
			}
			select {
			case <-stop:
				srv.Close()
				return
			case <-again:
			}
			srv.Close() // cuts what is under way; then nobody answers for a moment
			s.note("restarts")
			time.Sleep(rand.N(50 * time.Millisecond))
			for l, err = net.Listen("tcp", address); err != nil; l, err = net.Listen("tcp", address) {
				time.Sleep(time.Millisecond)
			}
		}
	})
	t.Cleanup(func() { close(stop); ended.Wait() })
	return address
}

// TestKill kills senders at random moments while they write and send, against a
// platform that fails in every way. Every message that was confirmed to its
// sender arrives once; none arrives twice; the outbox is never damaged and
// leaves no file behind.
func TestKill(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	kept, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "messages.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	s := &storm{store: kept, seen: map[string]int{}}
	address := s.serve(t)

	// The outbox is one of the first version, with a message that waits; three
	// more wait for another platform, and must stay.
	confirmed := map[string]bool{}
	old := message(4096)
	writeFirst(t, dir, old)
	confirmed[old.ID] = true
	var away []string
	first := open(t, outbox.Config{Dir: dir})
	for range 3 {
		m := addressed("https://there.example")
		if err := first.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		away = append(away, m.ID)
	}
	var mu sync.Mutex
	wanted := wantedKills(t)
	for done := 0; done < wanted; {
		var running []*exec.Cmd
		var reading sync.WaitGroup
		for range 1 + rand.IntN(2) { // the window and the tray, say
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), childDir+"="+dir, childURL+"=http://"+address)
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			running = append(running, cmd)
			reading.Go(func() {
				for lines := bufio.NewScanner(out); lines.Scan(); {
					if id, ok := strings.CutPrefix(lines.Text(), "ok "); ok && len(id) == 32 {
						mu.Lock()
						confirmed[id] = true
						mu.Unlock()
					}
				}
			})
		}
		time.Sleep(rand.N(600 * time.Millisecond))
		for _, cmd := range running {
			if err := cmd.Process.Kill(); err != nil {
				t.Errorf("a sender ended by itself: %v", err)
			}
			done++
		}
		reading.Wait()
		for _, cmd := range running {
			_ = cmd.Wait() // killed
		}
	}

	// The storm is over; one more process delivers what waits.
	s.calm.Store(true)
	c, err := platform.New(platform.Config{URL: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o := open(t, outbox.Config{Dir: dir})
	if err := o.Damage(); err != nil {
		t.Errorf("after all kills: %v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	ended := make(chan error)
	go func() {
		ended <- o.Run(ctx, only(func(ctx context.Context, m resources.Message) (resources.Receipt, error) {
			return c.Send(ctx, "token", m)
		}, &stormAt))
	}()
	for id := range confirmed {
		if state, err := o.Wait(ctx, id); err != nil || state != outbox.Received && state != outbox.Unknown {
			t.Errorf("%s is %q, %v", id, state, err)
		}
	}
	stop()
	<-ended

	arrived := map[string]int{}
	all, err := kept.Before(t.Context(), 1<<62, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		arrived[k.ID]++
	}
	for _, id := range away {
		if s := state(t, o, id); s != outbox.Elsewhere && s != outbox.Waiting || arrived[id] > 0 {
			t.Errorf("%s, for another platform, is %q and arrived %d times", id, s, arrived[id])
		}
	}
	for id := range confirmed {
		if arrived[id] != 1 {
			t.Errorf("%s was confirmed and arrived %d times", id, arrived[id])
		}
	}
	for id, n := range arrived {
		if n != 1 {
			t.Errorf("%s arrived %d times", id, n)
		}
	}
	if names, _, _ := observe(t, dir); len(names) != 3 {
		t.Errorf("left behind: %q", names)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen["CONFLICT"] > 0 || len(confirmed) == 0 {
		t.Errorf("%d conflicts, %d messages confirmed", s.seen["CONFLICT"], len(confirmed))
	}
	t.Logf("%d kills, %d messages confirmed, %d arrived (the rest were killed before they were confirmed); the platform: %v", wanted, len(confirmed), len(arrived), s.seen)
}
