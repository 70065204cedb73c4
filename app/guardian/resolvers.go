package guardian

import (
	"strings"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// resolvers is the choice of whom the filter asks for what is open, with what it
// means.
type resolvers struct {
	usual   bool // those that the computer has anyway
	address *ui.Field
	chosen  *fyne.Container
	changed func() // what is shown
}

func newResolvers(upstreams []string, changed func()) *resolvers {
	r := &resolvers{usual: len(upstreams) == 0, chosen: ui.Column(14), changed: changed}
	r.address = ui.NewField(ui.FieldConfig{
		Label: ui.Text("resolvers.address"), Hint: ui.Text("resolvers.hint"), Value: strings.Join(upstreams, " "), Most: 500,
	})
	r.draw()
	return r
}

// object is the card that all of it is shown on.
func (r *resolvers) object() fyne.CanvasObject {
	const usual, other = "usual", "other"
	at := usual
	if !r.usual {
		at = other
	}
	choice := ui.NewSegment(ui.Text("resolvers.title"), at, []ui.Option{
		{ID: usual, Text: ui.Text("resolvers.usual")}, {ID: other, Text: ui.Text("resolvers.other")},
	}, func(id string) {
		r.usual = id == usual
		r.draw()
		r.changed()
	})
	about := ui.Column(2, ui.Strong(ui.Text("resolvers.title")), ui.Small(ui.Text("resolvers.line")))
	return ui.Card(ui.Column(14, ui.Beside(180, 16, nil, about, choice), r.chosen))
}

func (r *resolvers) draw() {
	r.address.Fail("")
	if r.chosen.Hidden = r.usual; r.usual {
		ui.Fill(r.chosen)
		return
	}
	ui.Fill(r.chosen, ui.Note(ui.Amberish, ui.IconAlert, ui.Body(ui.Text("resolvers.warning"))), r.address.Object())
}

// upstreams returns what is chosen, as a policy holds it, or what is wrong with it,
// which the address then says too.
func (r *resolvers) upstreams() (all []string, wrong string) {
	if r.usual {
		return nil, ""
	}
	defer func() { r.address.Fail(wrong) }()
	for _, text := range strings.FieldsFunc(r.address.Text(), func(c rune) bool { return c == ' ' || c == ',' }) {
		u, err := filter.ParseUpstream(text)
		if err != nil {
			return nil, ui.Text("resolvers.bad", "What", text)
		}
		all = append(all, u.String())
	}
	if len(all) == 0 {
		return nil, ui.Text("resolvers.none")
	}
	return all, ""
}
