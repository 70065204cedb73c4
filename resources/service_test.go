package resources_test

import (
	"slices"
	"testing"
	"time"

	"lessonguard/resources"
)

func TestFind(t *testing.T) {
	all := []resources.Service{
		{ID: "everybody"},
		{ID: "young", Audience: []string{"learner"}, Ages: resources.Ages{From: 0, To: 18}},
		{ID: "adult", Audience: []string{"learner"}, Ages: resources.Ages{From: 19, To: 120}},
		{ID: "wales", Audience: []string{"learner"}, Nations: []string{"wales"}},
		{ID: "bullying", Audience: []string{"learner"}, Topics: []resources.Topic{resources.TopicBullying}},
		{ID: "hate", Audience: []string{"learner"}, Topics: []resources.Topic{resources.TopicHate}},
		{ID: "tutors", Audience: []string{"tutor"}},
		{ID: "999", Audience: []string{"learner", "guardian", "tutor"}, Topics: []resources.Topic{resources.TopicHurt}, Urgent: true},
	}
	for _, tt := range []struct {
		name string
		need resources.Need
		want []string
	}{
		{"anything", resources.Need{}, []string{"999", "everybody", "young", "adult", "wales", "bullying", "hate", "tutors"}},
		{"a learner", resources.Need{Audience: "learner"}, []string{"999", "young", "adult", "wales", "bullying", "hate"}},
		{"a child", resources.Need{Audience: "learner", Ages: resources.Ages{From: 9, To: 9}}, []string{"999", "young", "wales", "bullying", "hate"}},
		{"at the edge", resources.Need{Audience: "learner", Ages: resources.Ages{From: 18, To: 18}}, []string{"999", "young", "wales", "bullying", "hate"}},
		{"a stage", resources.Need{Audience: "learner", Ages: resources.Ages{From: 16, To: 19}}, []string{"999", "young", "adult", "wales", "bullying", "hate"}},
		{"a stage that ends where it begins", resources.Need{Audience: "learner", Ages: resources.Ages{From: 18, To: 120}}, []string{"999", "young", "adult", "wales", "bullying", "hate"}},
		{"an adult", resources.Need{Audience: "learner", Ages: resources.Ages{From: 19, To: 19}}, []string{"999", "adult", "wales", "bullying", "hate"}},
		{"in England", resources.Need{Audience: "learner", Nation: "england", Ages: resources.Ages{From: 9, To: 9}}, []string{"999", "young", "bullying", "hate"}},
		{"bullied", resources.Need{Audience: "learner", Ages: resources.Ages{From: 9, To: 9}, Topic: resources.TopicBullying}, []string{"999", "bullying", "young", "wales"}},
		{"a tutor", resources.Need{Audience: "tutor"}, []string{"999", "tutors"}},
		{"a stranger", resources.Need{Audience: "cat"}, nil},
	} {
		var got []string
		for _, s := range resources.Find(all, tt.need) {
			got = append(got, s.ID)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: found %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAges(t *testing.T) {
	for _, tt := range []struct {
		a, b          resources.Ages
		meets, covers bool
	}{
		{resources.Ages{}, resources.Ages{}, true, true},
		{resources.Ages{}, resources.Ages{From: 7, To: 11}, true, true},
		{resources.Ages{From: 7, To: 11}, resources.Ages{}, true, false},
		{resources.Ages{From: 11, To: 17}, resources.Ages{From: 7, To: 11}, true, false},
		{resources.Ages{From: 12, To: 17}, resources.Ages{From: 7, To: 11}, false, false},
		{resources.Ages{From: 0, To: 17}, resources.Ages{From: 16, To: 18}, true, false},
		{resources.Ages{From: 0, To: 15}, resources.Ages{From: 16, To: 18}, false, false},
		{resources.Ages{From: 10, To: 25}, resources.Ages{From: 11, To: 16}, true, true},
		{resources.Ages{From: 11, To: 16}, resources.Ages{From: 11, To: 16}, true, true},
	} {
		if got := tt.a.Meets(tt.b); got != tt.meets {
			t.Errorf("%v meets %v: %v, want %v", tt.a, tt.b, got, tt.meets)
		}
		if got := tt.b.Meets(tt.a); got != tt.meets {
			t.Errorf("%v meets %v: %v, want %v", tt.b, tt.a, got, tt.meets)
		}
		if got := tt.a.Covers(tt.b); got != tt.covers {
			t.Errorf("%v covers %v: %v, want %v", tt.a, tt.b, got, tt.covers)
		}
	}
}

func TestStale(t *testing.T) {
	verified := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		on, now time.Time
		want    bool
	}{
		{verified, verified, false},
		{verified, verified.AddDate(0, 11, 0), false},
		{verified, verified.AddDate(1, 0, 1), true},
		{time.Time{}, verified, true},
	} {
		if got := (resources.Service{VerifiedOn: tt.on}).Stale(tt.now); got != tt.want {
			t.Errorf("verified %v, at %v: stale %v, want %v", tt.on, tt.now, got, tt.want)
		}
	}
}
