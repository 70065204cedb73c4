package filter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
)

// TestAddNotice: what happens again soon is one notice, counted; what is long
// ago goes, and what goes on stays.
func TestAddNotice(t *testing.T) {
	began := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
	moment := func(k filter.NoticeKind, m int) filter.Notice {
		return filter.Notice{Kind: k, From: at(m), To: at(m)}
	}
	begin := func(m int) filter.Notice { return filter.Notice{Kind: filter.NoticeNoResolver, From: at(m)} }
	end := func(from, to int) filter.Notice {
		return filter.Notice{Kind: filter.NoticeNoResolver, From: at(from), To: at(to)}
	}
	const week = 7*24*60 + 1
	for _, tt := range []struct {
		why  string
		add  []filter.Notice
		now  int
		want string // kind from-to(times)
	}{
		{"a moment", []filter.Notice{moment(filter.NoticeHosts, 0)}, 0, "hosts 0-0"},
		{"a gap", []filter.Notice{begin(0), end(0, 3)}, 3, "no-resolver 0-3"},
		{"one that goes on", []filter.Notice{begin(0)}, 3, "no-resolver 0-"},
		{"one told of twice", []filter.Notice{begin(0), begin(0), end(0, 3), end(0, 3)}, 3, "no-resolver 0-3"},
		{"again soon", []filter.Notice{begin(0), end(0, 3), begin(5), end(5, 6), begin(7)}, 7, "no-resolver 0-(3)"},
		{"again late", []filter.Notice{begin(0), end(0, 3), begin(14), end(14, 15)}, 15, "no-resolver 0-3, no-resolver 14-15"},
		{"two kinds", []filter.Notice{moment(filter.NoticeHosts, 0), moment(filter.NoticeTunnel, 1), moment(filter.NoticeHosts, 2)}, 2, "hosts 0-2(2), tunnel 1-1"},
		{"before, by a clock that was set back", []filter.Notice{moment(filter.NoticeHosts, 0), moment(filter.NoticeHosts, -60)}, -60, "hosts 0-0, hosts -60--60"},
		{"a week later", []filter.Notice{moment(filter.NoticeHosts, 0), begin(1), moment(filter.NoticeTunnel, week)}, week, "no-resolver 1-, tunnel " + fmt.Sprintf("%d-%[1]d", week)},
	} {
		var all []filter.Notice
		for _, n := range tt.add {
			now := at(tt.now)
			if n.From.Before(now) {
				now = n.From
			}
			all, _ = filter.AddNotice(all, n, now)
		}
		var got []string
		for _, n := range all {
			text := fmt.Sprintf("%s %.0f-", n.Kind, n.From.Sub(began).Minutes())
			if n.Over() {
				text += fmt.Sprintf("%.0f", n.To.Sub(began).Minutes())
			}
			if n.Times > 0 {
				text += fmt.Sprintf("(%d)", n.Times)
			}
			got = append(got, text)
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: %s, want %s", tt.why, strings.Join(got, ", "), tt.want)
		}
	}
	var all []filter.Notice
	for i := range 2 * filter.MaxNotices {
		now := at(30 * i)
		all, _ = filter.AddNotice(all, filter.Notice{Kind: filter.NoticeHosts, From: now, To: now}, now)
	}
	if len(all) != filter.MaxNotices {
		t.Errorf("%d notices are kept, want %d", len(all), filter.MaxNotices)
	}
}
