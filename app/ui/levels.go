package ui

import (
	"strings"

	"fyne.io/fyne/v2"
)

// CategoryRow is a kind of site, whose name and line stand under key, with when
// it is closed: "always", "lessons" or "never".
func CategoryRow(key, when string, changed func(id string)) *fyne.Container {
	name := Text(key)
	s := NewSegment(name, when, []Option{
		{ID: "always", Text: Text("levels.always")},
		{ID: "lessons", Text: Text("levels.lessons")},
		{ID: "never", Text: Text("levels.never")},
	}, changed)
	return Beside(200, 16, nil, Column(2, Strong(name), Small(Text(key+".line"))), s)
}

// LevelSummary says which kinds are closed, and when.
func LevelSummary(always, lessons []string, safeSearch bool) *fyne.Container {
	rows := []fyne.CanvasObject{
		Beside(0, 14, Badge(Reddish, IconLock, 34), Column(3, Strong(Text("levels.closed_always")), Soft(list(always))), nil),
		Beside(0, 14, Badge(Amberish, IconClock, 34), Column(3, Strong(Text("levels.closed_lessons")), Soft(list(lessons))), nil),
	}
	safe := Text("levels.safe_search_off")
	if safeSearch {
		safe = Text("levels.safe_search_on")
	}
	return Card(Rows(append(rows, Beside(0, 14, Badge(Greenish, IconShield, 34), Column(3, Strong(Text("levels.safe_search")), Soft(safe)), nil))...))
}

func list(names []string) string {
	if len(names) == 0 {
		return Text("levels.nothing")
	}
	return strings.Join(names, " · ")
}
