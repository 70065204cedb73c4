package learner

import (
	"slices"

	"lessonguard/resources"
)

// draft is what is being written. It is never on the disk.
type draft struct {
	report  resources.Report
	request resources.HelpRequest
	nation  string // where they said they live
}

func (d *draft) toggle(t resources.Topic, on bool) {
	d.report.Topics = slices.DeleteFunc(d.report.Topics, func(x resources.Topic) bool { return x == t })
	if on {
		d.report.Topics = append(d.report.Topics, t)
	}
	order := resources.ReportTopics()
	slices.SortFunc(d.report.Topics, func(a, b resources.Topic) int { return slices.Index(order, a) - slices.Index(order, b) })
}
