package main

import (
	"testing"
	"time"

	"lessonguard/filter"
)

// TestActivityText: the counts are said by category and by hour, before the names.
func TestActivityText(t *testing.T) {
	games, social := filter.Games, filter.SocialMedia
	four := time.Date(2026, 11, 20, 16, 0, 0, 0, time.Local)
	for _, tt := range []struct {
		why  string
		seen filter.Activity
		want string
	}{
		{"nothing", filter.Activity{}, "nothing was blocked\n"},
		{
			"hours without names",
			filter.Activity{
				Counts: map[filter.Category]int{filter.SelfHarm: 2}, Hours: []filter.HourCount{{Hour: four, Reason: filter.OwnRule, Count: 2}},
			},
			"     2  self-harm\n\nby hour\n2026-11-20 16:00-17:00  2 own-rule\n",
		},
		{
			"all of it",
			filter.Activity{
				Counts: map[filter.Category]int{games: 4, social: 1}, Others: map[filter.Reason]int{filter.OwnRule: 1},
				Hours: []filter.HourCount{
					{Hour: four, Reason: filter.Listed, Category: &social, Count: 1},
					{Hour: four, Reason: filter.Listed, Category: &games, Count: 3},
					{Hour: four.Add(7 * time.Hour), Reason: filter.Listed, Category: &games, Count: 1},
					{Hour: four.Add(7 * time.Hour), Reason: filter.OwnRule, Count: 1},
				},
				Blocked: []filter.BlockedName{{Name: "game.example", Reason: filter.Listed, Category: &games, Count: 4, Last: four.Add(30 * time.Minute)}},
				Dropped: 2,
			},
			"     1  social-media\n     4  games\n     1  own-rule\n" +
				"\nby hour\n2026-11-20 16:00-17:00  1 social-media, 3 games\n2026-11-20 23:00-00:00  1 games, 1 own-rule\n" +
				"\nby name, the latest first\n2026-11-20 16:30     4  game.example (games)\nand 2 more, for whose names there was no room\n",
		},
	} {
		if got := activityText(tt.seen); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.why, got, tt.want)
		}
	}
}
