package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// A report is what came of it.
type report struct {
	program, lists string
	began          time.Time
	took           time.Duration
	tally          *tally
	swaps          atomic.Int64
	fresh, left    goroutines
	usages         []usage
	last           usage // after a rest
}

// watch notes what the service takes until ctx is done.
func (r *report) watch(ctx context.Context, s *service) {
	tick := time.NewTicker(sample)
	defer tick.Stop()
	for {
		r.usages = append(r.usages, s.usage())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// settled is how long the service had to take what it needs, in a short soak too.
func (r *report) settled() time.Duration { return min(settled, (r.took / 2).Round(time.Second)) }

// slope returns by how many bytes an hour a figure grew, by least squares, once
// the service had settled.
func (r *report) slope(of func(usage) float64) float64 {
	var n, x, y, xx, xy float64
	for _, u := range r.usages {
		if t := u.at.Sub(r.began); t > r.settled() {
			h, v := t.Hours(), of(u)
			n, x, y, xx, xy = n+1, x+h, y+v, xx+h*h, xy+h*v
		}
	}
	if d := n*xx - x*x; d != 0 {
		return (n*xy - x*y) / d
	}
	return 0
}

func mib(bytes float64) string { return fmt.Sprintf("%.1f", bytes/(1<<20)) }

// write writes the report, and returns an error if something was not as it should
// be.
func (r *report) write(file string) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	var all count
	for _, c := range r.tally.kinds {
		all.asked, all.answered, all.wrong, all.lost = all.asked+c.asked, all.answered+c.answered, all.wrong+c.wrong, all.lost+c.lost
	}
	line("# How the filter holds out\n")
	line("`make soak` on version %s, %s: %s of a mixed load on `lessonguardd run`, with its lists", version(r.program), r.began.Format("2 January 2006"), r.took.Round(time.Second))
	line("compiled and swapped %d times meanwhile, each time shown to be in force. Everything below was measured from outside the", r.swaps.Load())
	line("program. The machine has %d processors and was %s.\n", runtime.NumCPU(), busy())
	real := "no others"
	if r.lists != "" {
		real = "real lists"
	}
	line("Lists: %d made names and %s. %d questions, %d of them over TCP with %d at once on a connection, half of all with EDNS; letters of names", closedNames+100, real, all.asked, r.tally.tcp.asked, pipelined)
	line("mixed. Half of the answers came within %s, 99 in 100 within %s.\n", r.tally.wait(0.5).Round(time.Microsecond), r.tally.wait(0.99).Round(time.Microsecond))
	line("| questions | asked | answered | not as they should be | lost |\n|---|---|---|---|---|")
	for _, k := range kinds {
		c := r.tally.kinds[k.name]
		answered := fmt.Sprint(c.answered)
		if k.mute {
			answered = "–"
		}
		line("| %s | %d | %s | %d | %d |", k.name, c.asked, answered, c.wrong, c.lost)
	}
	line("| **all** | %d | %d | %d | %d |", all.asked, all.answered, all.wrong, all.lost)
	line("| of these over TCP | %d | %d | %d | %d |\n", r.tally.tcp.asked, r.tally.tcp.answered, r.tally.tcp.wrong, r.tally.tcp.lost)
	line("| of the service | at first | after a quarter | half | three quarters | at the end | after %s of rest | growth an hour |\n|---|---|---|---|---|---|---|---|", rest)
	for _, f := range []struct {
		name string
		of   func(usage) float64
		show func(float64) string
	}{
		{"memory, MiB VmRSS", func(u usage) float64 { return u.rss }, mib},
		{"memory of its own, MiB RssAnon", func(u usage) float64 { return u.anon }, mib},
		{"threads", func(u usage) float64 { return u.threads }, func(n float64) string { return fmt.Sprint(n) }},
		{"open files", func(u usage) float64 { return u.files }, func(n float64) string { return fmt.Sprint(n) }},
	} {
		var cells []string
		for part := range 5 {
			cells = append(cells, f.show(f.of(r.usages[(len(r.usages)-1)*part/4])))
		}
		growth := f.show(r.slope(f.of))
		if !strings.HasPrefix(f.name, "memory") {
			growth = fmt.Sprintf("%.1f", r.slope(f.of))
		}
		line("| %s | %s | %s | %s |", f.name, strings.Join(cells, " | "), f.show(f.of(r.last)), growth)
	}
	line("\nGrowth is the slope of the line through all samples, one every %s, after the first %s. Goroutines: %d after", sample, r.settled(), r.left.all)
	line("the rest, %d in a service that had answered for a second. The most were made by:\n", r.fresh.all)
	for i, name := range r.left.most() {
		if i == 6 {
			break
		}
		line("- %d (%d) by `%s`", r.left.made[name], r.fresh.made[name], name)
	}
	spent := r.last.cpu / float64(max(all.answered, 1)) * 100_000
	line("\nThe service took %.1f s of a processor in all, %.1f s for every 100,000 answers.", r.last.cpu, spent)
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	fmt.Print(b.String())
	if all.lost > 0 || all.wrong > 0 {
		return fmt.Errorf("%d questions were lost and %d answers wrong; the first: %s", all.lost, all.wrong, r.tally.first)
	}
	return nil
}

// version names what was measured: the commit that it was built from.
func version(program string) string {
	out, err := exec.Command(program, "version").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// busy says how busy the machine is.
func busy() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "as busy as nobody knows"
	}
	return "at a load of " + strings.Fields(string(text))[2] + " over the last fifteen minutes, that of the soak included"
}
