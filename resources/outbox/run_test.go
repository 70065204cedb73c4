package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/outbox"
)

// A far end answers with the next of its answers, and the last of them for
// ever; nil is a receipt.
type far struct {
	mu      sync.Mutex
	answers []error
	sent    []time.Time
	ids     map[string]int
	hellos  []time.Time
}

func (p *far) send(_ context.Context, m resources.Message) (resources.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, time.Now())
	if p.ids == nil {
		p.ids = map[string]int{}
	}
	var err error
	if len(p.answers) > 0 {
		err = p.answers[min(len(p.sent), len(p.answers))-1]
	}
	if err != nil {
		return resources.Receipt{}, err
	}
	p.ids[m.ID]++
	return resources.Receipt{ID: m.ID, State: resources.Received}, nil
}

func (p *far) hello(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hellos = append(p.hellos, time.Now())
	return nil
}

// attempts returns when something was sent.
func (p *far) attempts() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// greetings returns when somebody was greeted.
func (p *far) greetings() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.hellos)
}

// arrived returns how often a message did.
func (p *far) arrived(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ids[id]
}

// running runs o until the test ends.
func running(t *testing.T, o *outbox.Outbox, send outbox.Send) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- o.Run(ctx, send) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

// pass lets time pass in the bubble, and all that is to happen in it.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// TestNetwork comes to a network after hours without: what waits is sent at once,
// and where nothing waits somebody is greeted at once, which looks the same.
func TestNetwork(t *testing.T) {
	for name, waits := range map[string]bool{"a message waits": true, "nothing waits": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, network := &far{}, make(chan struct{})
				down := true
				o := open(t, outbox.Config{Dir: t.TempDir(), Every: 1000 * time.Hour, Network: network, Hello: func(ctx context.Context) error {
					if down {
						return errors.New("no route to host")
					}
					return p.hello(ctx)
				}})
				running(t, o, func(ctx context.Context, m resources.Message) (resources.Receipt, error) {
					if down {
						return resources.Receipt{}, errors.New("no route to host")
					}
					return p.send(ctx, m)
				})
				if waits {
					if err := o.Put(t.Context(), message(4096)); err != nil {
						t.Fatal(err)
					}
				}
				pass(5 * time.Hour)
				down = false
				came := time.Now()
				network <- struct{}{}
				synctest.Wait()
				sent, greeted := p.attempts(), p.greetings()
				contacts := slices.Concat(sent, greeted)
				if len(contacts) != 1 || !contacts[0].Equal(came) || (len(sent) == 1) != waits {
					t.Errorf("came at %v: sent at %v, greeted at %v", came, sent, greeted)
				}
			})
		})
	}
}

func TestRunSendsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &far{}
		o := open(t, outbox.Config{Dir: t.TempDir()})
		running(t, o, p.send)
		pass(time.Minute)
		start, m := time.Now(), message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		got, err := o.Wait(t.Context(), m.ID)
		if err != nil || got != outbox.Received || time.Since(start) > time.Second {
			t.Errorf("Wait = %q, %v after %v", got, err, time.Since(start))
		}
		if r, ok := o.Receipt(m.ID); !ok || r.ID != m.ID {
			t.Errorf("Receipt = %+v, %v", r, ok)
		}
	})
}

// TestRunRetries has a platform that fails for a while: the message arrives
// once, the attempts grow apart, and Wait with a limit says that it waits.
func TestRunRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("connection refused")
		p := &far{answers: []error{down, down, down, down, down, down, down, down, nil}}
		o := open(t, outbox.Config{Dir: t.TempDir(), Every: 1000 * time.Hour})
		running(t, o, p.send)
		m := message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		soon, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if got, err := o.Wait(soon, m.ID); got != outbox.Waiting || err != nil {
			t.Errorf("Wait for 30 s = %q, %v", got, err)
		}
		if got, err := o.Wait(t.Context(), m.ID); got != outbox.Received || err != nil {
			t.Errorf("Wait = %q, %v", got, err)
		}
		if p.arrived(m.ID) != 1 || len(p.attempts()) != 9 {
			t.Errorf("arrived %d times in %d attempts", p.arrived(m.ID), len(p.attempts()))
		}
		first, last := p.attempts()[1].Sub(p.attempts()[0]), p.attempts()[8].Sub(p.attempts()[7])
		if first > 2*time.Second || last < 30*time.Second {
			t.Errorf("the first pause was %v, the last %v", first, last)
		}
	})
}

func TestRunNeverGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &far{answers: []error{errors.New("no route to host")}}
		o := open(t, outbox.Config{Dir: t.TempDir(), Every: 1000 * time.Hour})
		m := message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		running(t, o, p.send)
		pass(6 * time.Hour)
		if got := state(t, o, m.ID); got != outbox.Waiting {
			t.Errorf("after six hours it is %q", got)
		}
		if n := len(p.attempts()); n < 30 || n > 150 {
			t.Errorf("%d attempts in six hours", n)
		}
		p.mu.Lock()
		p.answers = nil
		p.mu.Unlock()
		o.Wake() // the network is back
		synctest.Wait()
		if got := state(t, o, m.ID); got != outbox.Received {
			t.Errorf("after Wake it is %q", got)
		}
	})
}

func TestRunRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		p := &far{answers: []error{fmt.Errorf("posting: %w", resources.ErrRejected)}}
		o := open(t, outbox.Config{Dir: dir})
		running(t, o, p.send)
		m := message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if got, err := o.Wait(t.Context(), m.ID); got != outbox.Refused || err != nil {
			t.Errorf("Wait = %q, %v", got, err)
		}
		pass(24 * time.Hour)
		if len(p.attempts()) != 1 {
			t.Errorf("a refused message was sent %d times", len(p.attempts()))
		}
		later := open(t, outbox.Config{Dir: dir})
		if got := state(t, later, m.ID); got != outbox.Refused {
			t.Errorf("a later process finds %q", got)
		}
	})
}

// TestRefusedMakesRoom fills the outbox with refused messages: they give way,
// but only to new ones.
func TestRefusedMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &far{answers: []error{resources.ErrRejected}}
		o := open(t, outbox.Config{Dir: t.TempDir()})
		running(t, o, p.send)
		var first string
		for i := range outbox.Slots {
			m := message(4096)
			if i == 0 {
				first = m.ID
			}
			if err := o.Put(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			pass(time.Minute)
		}
		p.mu.Lock()
		p.answers = nil
		p.mu.Unlock()
		m := message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatalf("Put among refused ones = %v", err)
		}
		if got, err := o.Wait(t.Context(), m.ID); got != outbox.Received || err != nil {
			t.Errorf("the new one is %q, %v", got, err)
		}
		if got := state(t, o, first); got != outbox.Refused {
			t.Errorf("the oldest is %q to the process that knows of it", got)
		}
	})
}

func TestRunLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &far{answers: []error{&resources.Later{After: 5 * time.Minute, Err: errors.New("busy")}, nil}}
		o := open(t, outbox.Config{Dir: t.TempDir(), Every: 1000 * time.Hour})
		running(t, o, p.send)
		m := message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		pass(4 * time.Minute)
		o.Wake()
		synctest.Wait()
		if len(p.attempts()) != 1 {
			t.Fatalf("asked for five minutes, sent %d times in four", len(p.attempts()))
		}
		pass(2 * time.Minute)
		if got := state(t, o, m.ID); got != outbox.Received {
			t.Errorf("after six minutes it is %q", got)
		}
	})
}

// TestRunHangs shows that one message that hangs holds up no other, and is
// tried again.
func TestRunHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &far{}
		o := open(t, outbox.Config{Dir: t.TempDir(), Timeout: 30 * time.Second})
		stuck := message(4096)
		tries := 0
		running(t, o, func(ctx context.Context, m resources.Message) (resources.Receipt, error) {
			if m.ID == stuck.ID && tries == 0 {
				tries++
				<-ctx.Done()
				return resources.Receipt{}, ctx.Err()
			}
			return p.send(ctx, m)
		})
		if err := o.Put(t.Context(), stuck); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		start, m := time.Now(), message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if got, err := o.Wait(t.Context(), m.ID); got != outbox.Received || err != nil || time.Since(start) > time.Second {
			t.Errorf("the other is %q, %v after %v", got, err, time.Since(start))
		}
		if got, err := o.Wait(t.Context(), stuck.ID); got != outbox.Received || err != nil || time.Since(start) > time.Minute {
			t.Errorf("the stuck one is %q, %v after %v", got, err, time.Since(start))
		}
	})
}

// TestSchedule watches an outbox for a week in which nothing is sent: the
// platform is contacted about as often as was asked for, at no regular times,
// and the slots are rewritten around each contact.
func TestSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, dir := &far{}, t.TempDir()
		o := open(t, outbox.Config{Dir: dir, Hello: p.hello, Every: 4 * time.Hour})
		_, _, before := observe(t, dir)
		running(t, o, p.send)
		synctest.Wait()
		if n := len(p.greetings()); n != 1 {
			t.Errorf("%d contacts at the start, want 1", n)
		}
		_, _, after := observe(t, dir)
		if equalBlocks(before, after) > 0 {
			t.Error("the slots were not rewritten")
		}
		pass(7 * 24 * time.Hour)
		hellos := p.greetings()
		if n := len(hellos); n < 10 || n > 90 { // 42 expected, and 6 more or fewer
			t.Errorf("%d contacts in a week", n)
		}
		pauses := map[time.Duration]bool{}
		for i := range hellos[1:] {
			pauses[hellos[i+1].Sub(hellos[i])] = true
		}
		if len(pauses) < len(hellos)-1 {
			t.Error("the times between contacts repeat")
		}
		if len(p.attempts()) != 0 {
			t.Errorf("%d messages were sent, and none was put", len(p.attempts()))
		}
	})
}

func TestAsksForReceipts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &far{}
		o := open(t, outbox.Config{Dir: t.TempDir(), Every: time.Hour, Ask: func(_ context.Context, id string) (resources.Receipt, error) {
			return resources.Receipt{ID: id, State: resources.Opened, Opened: time.Now()}, nil
		}})
		running(t, o, p.send)
		m := message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		pass(24 * time.Hour)
		if got := state(t, o, m.ID); got != outbox.Opened {
			t.Errorf("it is %q, want opened", got)
		}
	})
}

// TestRunEnds ends Run while a message is on its way: Run comes back, and the
// message is there for the next.
func TestRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		o := open(t, outbox.Config{Dir: dir})
		m := message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- o.Run(ctx, func(ctx context.Context, _ resources.Message) (resources.Receipt, error) {
				<-ctx.Done()
				return resources.Receipt{}, ctx.Err()
			})
		}()
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
		if got := state(t, open(t, outbox.Config{Dir: dir}), m.ID); got != outbox.Waiting {
			t.Errorf("it is %q, want waiting", got)
		}
	})
}
