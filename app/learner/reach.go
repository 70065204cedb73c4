package learner

import (
	"strings"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// Limits in letters on what is not the learner's own account of things.
const (
	maxName  = 80
	maxShort = 300
)

// reach asks how to reach the learner safely, and whether home may be told.
func (h *Help) reach(back func(), name, reach *string, home *resources.TellHome, on func()) {
	who := ui.NewField(ui.FieldConfig{
		Label: ui.Text("reach.name"), Hint: ui.Text("reach.name_hint"), Value: *name, Most: maxName,
		Changed: func(s string) { *name = s },
	})
	how := ui.NewField(ui.FieldConfig{
		Label: ui.Text("reach.how"), Hint: ui.Text("reach.how_hint"), Value: *reach, Most: maxShort, Lines: 2,
		Changed: func(s string) { *reach = s },
	})
	var options []ui.Option
	for _, t := range []resources.TellHome{resources.TellHomeYes, resources.TellHomeAsk, resources.TellHomeNo, resources.TellHomeUnsure} {
		options = append(options, ui.Option{ID: string(t), Text: ui.Text("tellhome." + string(t))})
	}
	choice := ui.NewChoice(2, string(*home), options, func(id string) { *home = resources.TellHome(id) })
	next := ui.Primary(ui.Text("reach.preview"), func() {
		*name, *reach = strings.TrimSpace(*name), strings.TrimSpace(*reach)
		if *home == "" {
			*home = resources.TellHomeUnsure
		}
		on()
	})
	h.show(nil, foot(back, next),
		ui.Header(ui.Text("reach.title"), ui.Text("reach.line")),
		ui.Narrow(520, who.Object()),
		how.Object(),
		ui.Column(6, ui.Strong(ui.Text("reach.home")), ui.Small(ui.Text("reach.home_hint"))),
		choice.Object(),
	)
}
