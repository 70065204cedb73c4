package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// activityOf shows what was blocked for one learner, or for the caller.
func activityOf(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "activity", "what was blocked for a learner, by name or id; without one, your own, or for guardians that of no known learner (others' needs the PIN)")
	a.add(f)
	since := f.Duration("since", 7*24*time.Hour, "how `long` ago it begins")
	words, err := parseSome(f, args)
	if err != nil {
		return err
	}
	if len(words) > 1 {
		return errors.New("activity wants one learner, or none: see lessonguardd activity --help")
	}
	client := control.NewClient(a.path)
	h, err := client.Household(ctx)
	if err != nil {
		return a.failed(err)
	}
	q := filter.ActivityQuery{Since: time.Now().Add(-*since)}
	if len(words) == 1 {
		if q.Learner, err = findLearner(h, words[0]); err != nil {
			return err
		}
	}
	var seen filter.Activity
	err = a.asGuardian(ctx, std, client, func() (err error) {
		seen, err = client.Activity(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	return a.show(std, seen, activityText(seen))
}

func findLearner(h filter.Household, text string) (id string, err error) {
	var names []string
	for _, l := range h.Learners {
		if l.ID == text || strings.EqualFold(l.Name, text) {
			return l.ID, nil
		}
		names = append(names, l.Name)
	}
	if len(names) == 0 {
		return "", fmt.Errorf("there is no learner %q: none is set up on this PC", text)
	}
	return "", fmt.Errorf("there is no learner %q: there are %s", text, strings.Join(names, ", "))
}

func activityText(a filter.Activity) string {
	var b strings.Builder
	for c := range filter.NumCategories {
		if n := a.Counts[c]; n > 0 {
			fmt.Fprintf(&b, "%6d  %s\n", n, c)
		}
	}
	for r := filter.Protected; r <= filter.Unlisted; r++ {
		if n := a.Others[r]; n > 0 {
			fmt.Fprintf(&b, "%6d  %s\n", n, r)
		}
	}
	if b.Len() == 0 {
		return "nothing was blocked\n"
	}
	b.WriteString(hoursText(a.Hours))
	for i, n := range a.Blocked {
		if i == 0 {
			b.WriteString("\nby name, the latest first\n")
		}
		why := n.Reason.String()
		if n.Category != nil {
			why = n.Category.String()
		}
		fmt.Fprintf(&b, "%s  %4d  %s (%s)\n", n.Last.Local().Format("2006-01-02 15:04"), n.Count, n.Name, why)
	}
	if a.Dropped > 0 {
		fmt.Fprintf(&b, "and %d more, for whose names there was no room\n", a.Dropped)
	}
	return b.String()
}

// hoursText says the counts of each hour in which something was blocked, by the
// clock of this PC.
func hoursText(hours []filter.HourCount) string {
	var b strings.Builder
	for i := 0; i < len(hours); { // an hour a round
		at := hours[i].Hour
		var of []string
		for ; i < len(hours) && hours[i].Hour.Equal(at); i++ {
			why := hours[i].Reason.String()
			if hours[i].Category != nil {
				why = hours[i].Category.String()
			}
			of = append(of, fmt.Sprintf("%d %s", hours[i].Count, why))
		}
		if b.Len() == 0 {
			b.WriteString("\nby hour\n")
		}
		begin := at.Local()
		fmt.Fprintf(&b, "%s-%s  %s\n", begin.Format("2006-01-02 15:04"), begin.Add(time.Hour).Format("15:04"), strings.Join(of, ", "))
	}
	return b.String()
}
