package learner_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/learner"
	"lessonguard/filter"
	"lessonguard/resources"
)

var services = []resources.Service{
	{ID: "emergency", Name: "999", Phone: "999", Urgent: true, Audience: []string{"learner"}, Summary: "Police, ambulance or fire, when somebody is in danger now.", VerifiedOn: noon},
	{ID: "childline", Name: "Childline", Phone: "0800 1111", URL: "https://www.childline.org.uk/", Audience: []string{"learner"}, Summary: "Talk about anything, day or night.", Hours: "day and night", VerifiedOn: noon},
	{ID: "shout", Name: "Shout", Text: resources.TextLine{To: "85258", Word: "SHOUT"}, URL: "https://giveusashout.org", Audience: []string{"learner"}, Summary: "Text with somebody who listens, about anything.", Hours: "day and night"},
	{ID: "nspcc", Name: "NSPCC Helpline", Phone: "0808 800 5000", Audience: []string{"guardian"}, VerifiedOn: noon},
}

var route = &filter.Route{
	URL: "https://reports.keystagetutoring.example", Verified: true, Safeguarding: []string{"age1x"}, Oversight: []string{"age1y"},
	ReadingHours: "Monday to Friday, 9 to 5, in school terms",
}

func config(change ...func(*learner.Config)) learner.Config {
	c := learner.Config{
		Provider: filter.Provider{ID: "kst", Name: "Key Stage Tutoring", Route: route}, Services: services,
		Audience: agreements.LearnerKS2, Language: "en", App: "0.1.0",
		Send: func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
			return "0123", nil
		},
		State:   func(string) resources.ReceiptState { return resources.Received },
		OpenURL: func(string) error { return nil },
		Exit:    func() {},
		Now:     func() time.Time { return noon }, Do: now,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func TestFrontPicture(t *testing.T) {
	picture(t, "front", append(looks, welsh), func() fyne.CanvasObject { return learner.New(config()).Content() })
}
