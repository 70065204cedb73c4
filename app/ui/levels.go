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

// SafeSearchRow is whether search engines leave out adult results, and how far
// YouTube does where they do: "strict", "moderate" or "open". Refresh what holds it
// when it has changed.
func SafeSearchRow(on bool, youtube string, changed func(on bool, youtube string)) *fyne.Container {
	title := Text("levels.youtube")
	s := NewSegment(title, youtube, []Option{
		{ID: "strict", Text: Text("levels.youtube.strict")},
		{ID: "moderate", Text: Text("levels.youtube.moderate")},
		{ID: "open", Text: Text("levels.youtube.open")},
	}, func(id string) {
		youtube = id
		changed(on, youtube)
	})
	far := Beside(200, 16, nil, Column(2, Strong(title), Small(Text("levels.youtube.line"))), s)
	far.Hidden = !on
	var safe *Switch
	row, safe := SwitchRow(Text("levels.safe_search"), Text("levels.safe_search_line"), on, func(is bool) {
		on, far.Hidden = is, !is
		safe.Set(on, false)
		changed(on, youtube)
	})
	return Column(14, row, far)
}

// LevelSummary says which kinds are closed, and when, and how far searches are
// safe; youtube is as in [SafeSearchRow].
func LevelSummary(always, lessons []string, safeSearch bool, youtube string) *fyne.Container {
	rows := []fyne.CanvasObject{
		Beside(0, 14, Badge(Reddish, IconLock, 34), Column(3, Strong(Text("levels.closed_always")), Soft(list(always))), nil),
		Beside(0, 14, Badge(Amberish, IconClock, 34), Column(3, Strong(Text("levels.closed_lessons")), Soft(list(lessons))), nil),
	}
	safe := Text("levels.safe_search_off")
	switch {
	case safeSearch && youtube == "strict":
		safe = Text("levels.safe_search_on")
	case safeSearch:
		safe = Text("levels.safe_search_" + youtube)
	}
	return Card(Rows(append(rows, Beside(0, 14, Badge(Greenish, IconShield, 34), Column(3, Strong(Text("levels.safe_search")), Soft(safe)), nil))...))
}

func list(names []string) string {
	if len(names) == 0 {
		return Text("levels.nothing")
	}
	return strings.Join(names, " · ")
}
