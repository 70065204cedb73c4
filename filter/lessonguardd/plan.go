package main

import (
	"context"
	"strings"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// lessonPlan shows the weekly lessons, or has those in words in their place, such
// as "mon 16:00-17:30, thu 17:00-18:00", or none.
func lessonPlan(ctx context.Context, std stdio, a asking, words string) error {
	client := control.NewClient(a.path)
	table := filter.Timetable{}
	if words != "" && words != "none" {
		for text := range strings.SplitSeq(words, ",") {
			var s filter.Slot
			if err := s.UnmarshalText([]byte(text)); err != nil {
				return err
			}
			table = append(table, s)
		}
	}
	err := a.asGuardian(ctx, std, client, func() error {
		p, err := client.Policy(ctx)
		if err != nil {
			return err
		}
		if words == "" {
			table = append(table, p.Timetable...)
			return nil
		}
		p.Timetable = table
		return client.SetPolicy(ctx, p)
	})
	if err != nil {
		return err
	}
	return a.show(std, table, planText(table))
}

func planText(table filter.Timetable) string {
	if len(table) == 0 {
		return "no weekly lessons\n"
	}
	var b strings.Builder
	for _, s := range table {
		b.WriteString(s.String() + "\n")
	}
	return b.String()
}
