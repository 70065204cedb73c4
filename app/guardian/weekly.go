package guardian

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// weekly is the lessons of every week, and where one is added.
type weekly struct {
	table    filter.Timetable
	day      time.Weekday
	from, to *ui.Field
	rows     *fyne.Container
	changed  func() // what is shown
}

func newWeekly(table filter.Timetable, changed func()) *weekly {
	w := &weekly{table: slices.Clone(table), day: time.Monday, rows: ui.Column(8), changed: changed}
	const letters = len("16:00")
	w.from = ui.NewField(ui.FieldConfig{Label: ui.Text("weekly.from"), Value: "16:00", Most: letters, Entered: w.add})
	w.to = ui.NewField(ui.FieldConfig{Label: ui.Text("weekly.to"), Value: "17:00", Most: letters, Entered: w.add})
	w.draw()
	return w
}

// object is the card that all of it is shown on.
func (w *weekly) object() fyne.CanvasObject {
	var days []ui.Option
	for i := range 7 {
		day := time.Weekday((i + 1) % 7) // the week begins on Monday (ISO 8601)
		days = append(days, ui.Option{ID: strconv.Itoa(int(day)), Text: ui.Text("day.short." + strconv.Itoa(int(day)))})
	}
	day := ui.NewSegment(ui.Text("weekly.day"), strconv.Itoa(int(w.day)), days, func(id string) {
		n, _ := strconv.Atoi(id) // one of ours
		w.day = time.Weekday(n)
	})
	return ui.Card(ui.Column(14,
		ui.Column(2, ui.Strong(ui.Text("weekly.title")), ui.Small(ui.Text("weekly.line"))),
		w.rows,
		ui.Flow(16, day),
		ui.Grid(2, 180, 16, w.from.Object(), w.to.Object()),
		ui.Flow(8, ui.Secondary(ui.Text("weekly.add"), w.add)),
	))
}

// add adds the lesson that is written, or says what is wrong with it.
func (w *weekly) add() {
	w.from.Fail("")
	w.to.Fail("")
	defer w.changed()
	// Many write 16.00.
	times := strings.ReplaceAll(w.from.Text()+"-"+w.to.Text(), ".", ":")
	var s filter.Slot
	if s.UnmarshalText([]byte("mon "+times)) != nil {
		w.to.Fail(ui.Text("weekly.bad"))
		return
	}
	s.Day = w.day
	if slices.Contains(w.table, s) {
		w.to.Fail(ui.Text("weekly.there"))
		return
	}
	w.table = append(w.table, s)
	w.draw()
}

func (w *weekly) draw() {
	slices.SortFunc(w.table, func(a, b filter.Slot) int {
		return cmp.Or(cmp.Compare((a.Day+6)%7, (b.Day+6)%7), cmp.Compare(a.From, b.From))
	})
	var rows []fyne.CanvasObject
	for _, s := range w.table {
		_, times, _ := strings.Cut(s.String(), " ")
		from, to, _ := strings.Cut(times, "-")
		row := ui.Text("weekly.row", "Day", ui.Text("day."+strconv.Itoa(int(s.Day))), "From", from, "To", to)
		rows = append(rows, ui.Beside(180, 16, nil, ui.Body(row), ui.Secondary(ui.Text("weekly.remove"), func() {
			w.table = slices.DeleteFunc(w.table, func(t filter.Slot) bool { return t == s })
			w.draw()
			w.changed()
		})))
	}
	if len(rows) == 0 {
		rows = append(rows, ui.Soft(ui.Text("weekly.none")))
	}
	ui.Fill(w.rows, rows...)
}
