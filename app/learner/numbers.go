package learner

import (
	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// The services that no data file may take away. Where the data lacks one, these
// stand in (facts of 21 November 2026, from the services' own pages).
var (
	emergency = resources.Service{ID: "emergency", Name: "999", Phone: "999", Urgent: true}
	childline = resources.Service{ID: "childline", Name: "Childline", Phone: "0800 1111", URL: "https://www.childline.org.uk/"}
	ceop      = resources.Service{ID: "ceop", Name: "CEOP", URL: "https://www.ceop.police.uk/Safety-Centre/"}
)

// service returns the service of the data with the same id as is, or is itself.
func (h *Help) service(is resources.Service) resources.Service {
	for _, s := range h.config.Services {
		if s.ID == is.ID {
			if s.URL == "" {
				s.URL = is.URL
			}
			if s.Phone == "" {
				s.Phone = is.Phone
			}
			return s
		}
	}
	return is
}

// numbers is on every page of help.
func (h *Help) numbers() fyne.CanvasObject {
	return ui.Numbers(
		ui.Text("numbers.danger"), h.service(emergency).Phone,
		ui.Text("numbers.childline"), h.service(childline).Phone,
	)
}
