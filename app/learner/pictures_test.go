package learner_test

import (
	"context"
	"errors"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/learner"
	"lessonguard/app/ui/uitest"
	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/resources"
	"lessonguard/resources/directory"
)

var services = []resources.Service{
	{ID: "emergency", Name: "Emergency: 999", Phone: "999", Urgent: true, Audience: []string{"learner"}, Summary: "If someone is in danger right now, call 999.", VerifiedOn: uitest.Noon()},
	{ID: "childline", Name: "Childline", Phone: "0800 1111", URL: "https://www.childline.org.uk/", Audience: []string{"learner"}, Summary: "Talk to a counsellor about anything, big or small.", Hours: "Phone: every day, all day and night", Notes: []string{"The call is free and is not shown on the phone bill."}, VerifiedOn: uitest.Noon()},
	{ID: "ceop", Name: "CEOP Safety Centre", URL: "https://www.ceop.police.uk/Safety-Centre/", Audience: []string{"learner"}, Topics: []resources.Topic{resources.TopicAdultContact}, VerifiedOn: uitest.Noon()},
	{ID: "shout", Name: "Shout", Text: resources.TextLine{To: "85258", Word: "SHOUT"}, URL: "https://giveusashout.org/", Audience: []string{"learner"}, Summary: "Text a trained person about how you feel, day or night.", Hours: "Every day, all day and night"},
	{ID: "report-remove", Name: "Report Remove", Phone: "0800 1111", URL: "https://www.childline.org.uk/remove/", Audience: []string{"learner"}, Topics: []resources.Topic{resources.TopicSexualImage}, Summary: "Get a naked picture or video of you taken off the internet.", VerifiedOn: uitest.Noon()},
	{ID: "papyrus", Name: "PAPYRUS HOPELINE247", Phone: "0800 068 4141", Text: resources.TextLine{To: "88247", Word: "HOPE"}, URL: "https://www.papyrus-uk.org/", Audience: []string{"learner"}, Topics: []resources.Topic{resources.TopicSelfHarm, resources.TopicFeelings}, Summary: "For under 35s who think about suicide, and anyone who worries about them.", VerifiedOn: uitest.Noon()},
	{ID: "nspcc", Name: "NSPCC Helpline", Phone: "0808 800 5000", Audience: []string{"guardian"}, VerifiedOn: uitest.Noon()},
}

var route = filter.Route{
	URL: "https://reports.keystagetutoring.example", Verified: true, Safeguarding: []string{"age1x"}, Oversight: []string{"age1y"},
	ReadingHours: "Monday to Friday, 9 to 5, in school terms",
}

func config(change ...func(*learner.Config)) learner.Config {
	r := route
	c := learner.Config{
		Provider: filter.Provider{ID: "kst", Name: "Key Stage Tutoring", Route: &r}, Services: services,
		Audience: agreements.LearnerKS2, Role: learner.RoleLearner, Language: uitest.Spoken(), App: "0.1.0",
		Send: func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
			return "7KQ2-M9XW-TA4F", nil
		},
		State:   func(string) resources.ReceiptState { return resources.Received },
		Find:    func(context.Context, string) (resources.ReceiptState, error) { return resources.Opened, nil },
		OpenURL: func(string) error { return nil },
		Exit:    func() {},
		Now:     uitest.Noon, Do: uitest.AtOnce,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

// shipped has the services that come with the program.
func shipped(c *learner.Config) {
	c.Services, _ = directory.Load(assets.Services) // TestTopicsLeadToServices fails without
	for i, s := range c.Services {
		c.Services[i] = s.In(c.Language)
	}
}

func practice(c *learner.Config) {
	c.Provider.Practice, c.Provider.Name, c.Provider.Route.Verified = true, "Practice provider", false
	c.Provider.Route.URL = "http://127.0.0.1:8710"
}

// sharing has a guardian's account that a learner uses too.
func sharing(c *learner.Config) { c.Role, c.Guardian = learner.RoleGuardian, func() {} }

func watched(c *learner.Config) {
	c.Activity = func(context.Context) (filter.Activity, error) { return someActivity(), nil }
}

// grown has an adult who chose to be filtered.
func grown(c *learner.Config) {
	watched(c)
	c.Learner = filter.Learner{Audience: string(agreements.LearnerAdult), Adult: true, OptedIn: true}
}

func noRoute(c *learner.Config) {
	c.Provider.Route = nil
	c.Contacts = []agreements.Contact{
		{Role: "safeguarding", Label: "Key Stage Tutoring's safeguarding page", Kind: "web", Value: "https://keystagetutoring.example/safeguarding"},
		{Role: "office", Label: "The office", Kind: "phone", Value: "01632 960001", Note: "Ask for the safeguarding lead."},
		{Role: "safeguarding", Label: "The safeguarding lead", Kind: "email", Value: "safe@keystagetutoring.example"},
	}
}

// toPreview goes through a whole report up to its preview.
func toPreview(t *testing.T, h *learner.Help) {
	o := h.Content()
	uitest.Press(t, o, "help.report", "danger.no", "about.friend", "ui.next", "topic.bullying", "topic.hate", "ui.next")
	uitest.Write(t, o, 0, "Some people in my group chat are horrible to Sam every day. They make up songs about where his family is from, and he has stopped coming to lessons.")
	uitest.Press(t, o, "ui.next")
	uitest.Write(t, o, 0, "In messages")
	uitest.Write(t, o, 2, "Make it stop")
	uitest.Press(t, o, "ui.next")
	uitest.Write(t, o, 0, "Bee")
	uitest.Write(t, o, 1, "After my lesson on Tuesday, in the chat")
	uitest.Press(t, o, "tellhome.ask-me-first", "reach.preview")
}

// finds has whoever is asked for a code answer so.
func finds(state resources.ReceiptState, err error) []func(*learner.Config) {
	return []func(*learner.Config){func(c *learner.Config) {
		c.Find = func(context.Context, string) (resources.ReceiptState, error) { return state, err }
	}}
}

// neverDone has what is begun never end.
func neverDone(c *learner.Config) { c.Do = func(func(), func()) {} }

func lookUp(t *testing.T, h *learner.Help) {
	uitest.Press(t, h.Content(), "help.find")
	uitest.Write(t, h.Content(), 0, "7kq2 m9xw ta4f")
	uitest.Press(t, h.Content(), "find.look")
}

// A page is one of the help pages, and the way to it.
type page struct {
	name  string
	looks []uitest.Look
	with  []func(*learner.Config)
	to    func(*testing.T, *learner.Help)
}

// open returns help with the page shown.
func (p page) open(t *testing.T, with ...func(*learner.Config)) *learner.Help {
	t.Helper()
	h := learner.New(config(append(p.with, with...)...))
	if p.to != nil {
		p.to(t, h)
	}
	return h
}

// pages are all that there are.
func pages() []page {
	looks, all := uitest.Looks(), uitest.AllLooks()
	return []page{
		{"front", all, nil, nil},
		{"front-practice", looks, []func(*learner.Config){practice}, nil},
		{"front-damaged", looks, []func(*learner.Config){func(c *learner.Config) { c.Damaged = func() bool { return true } }}, nil},
		{"front-no-route", looks, []func(*learner.Config){noRoute}, nil},
		{"who", all, []func(*learner.Config){sharing}, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.report") }},
		{"seen-help", looks, []func(*learner.Config){watched}, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "seen.title") }},
		{"seen-alone", all, nil, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "seen.title") }},
		{"seen-adult", looks[:1], []func(*learner.Config){grown}, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "seen.adult.title") }},
		{"hide", looks, nil, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.hide") }},
		{"childline", all, nil, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.childline") }},
		{"childline-no-route", looks, []func(*learner.Config){noRoute}, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.childline") }},
		{"childline-not-opened", looks, []func(*learner.Config){func(c *learner.Config) {
			c.OpenURL = func(string) error { return errors.New("no browser") }
		}}, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.childline", "service.open")
		}},
		{"ceop", looks, nil, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.ceop") }},
		{"contacts", looks, []func(*learner.Config){noRoute}, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.contact") }},
		{"others", looks, nil, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.others") }},
		{"others-feelings", looks, nil, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.others", "topic.feelings") }},
		{"others-shipped", all[len(looks):], []func(*learner.Config){shipped}, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.others", "topic.sexual-image") }},
		{"danger", looks, nil, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.report") }},
		{"emergency", looks, nil, func(t *testing.T, h *learner.Help) { uitest.Press(t, h.Content(), "help.report", "danger.yes") }},
		{"about", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.report", "danger.no", "about.home")
		}},
		{"about-missing", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.report", "danger.no", "ui.next")
		}},
		{"no-post", looks, []func(*learner.Config){func(c *learner.Config) { c.Provider.Route.Oversight = nil }}, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.report", "danger.no", "about.tutor", "ui.next")
		}},
		{"topics", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.report", "danger.no", "about.me", "ui.next", "topic.hurt")
		}},
		{"words", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.report", "danger.no", "about.me", "ui.next", "topic.self-harm", "topic.sexual-image", "ui.next")
		}},
		{"words-missing", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.report", "danger.no", "about.me", "ui.next", "ui.next", "ui.next")
		}},
		{"details", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.report", "danger.no", "about.me", "ui.next", "topic.hurt", "ui.next", "ui.next", "details.not_sure")
		}},
		{"reach", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.childline", "service.open_and_tell", "about.me", "ui.next")
		}},
		{"preview", all, nil, toPreview},
		{"preview-practice", looks, []func(*learner.Config){practice}, toPreview},
		{"preview-tell", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.childline", "service.open_and_tell", "about.tutor", "ui.next", "reach.preview")
		}},
		{"received", looks, nil, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"code", looks, nil, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send", "code.offer")
		}},
		{"elsewhere", looks, []func(*learner.Config){func(c *learner.Config) {
			c.State = func(string) resources.ReceiptState { return resources.Elsewhere }
		}}, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"find", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.find")
			uitest.Write(t, h.Content(), 0, "7KQ2-M9XW-TA4")
			uitest.Press(t, h.Content(), "find.look")
		}},
		{"find-opened", looks, finds(resources.Opened, nil), lookUp},
		{"find-waiting", looks, finds("", nil), lookUp},
		{"find-unknown", looks, finds("", resources.ErrNoSuchMessage), lookUp},
		{"find-elsewhere", looks, finds("", resources.ErrElsewhere), lookUp},
		{"find-failed", looks, finds("", errors.New("no route to host")), lookUp},
		{"wrong-clock", looks, []func(*learner.Config){func(c *learner.Config) {
			c.Now = func() time.Time { return time.Unix(0, 0).UTC() }
			c.State = func(string) resources.ReceiptState { return "" }
			asked := false
			c.Do = func(work, done func()) {
				if !asked {
					asked = true
					uitest.AtOnce(work, done)
				}
			}
		}}, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"refused", looks, []func(*learner.Config){func(c *learner.Config) {
			c.State = func(string) resources.ReceiptState { return resources.Refused }
		}}, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"saved", looks, []func(*learner.Config){func(c *learner.Config) {
			c.State = func(string) resources.ReceiptState { return "" }
			asked := false
			c.Do = func(work, done func()) { // the message is sent, the receipt never comes
				if !asked {
					asked = true
					uitest.AtOnce(work, done)
				}
			}
		}}, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"unsure", looks, []func(*learner.Config){func(c *learner.Config) {
			c.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
				return "7KQ2-M9XW-TA4F", resources.ErrUnsure
			}
			c.State = func(string) resources.ReceiptState { return "" }
			asked := 0
			c.Do = func(work, done func()) { // as after half a minute
				if asked++; asked == 1 {
					uitest.AtOnce(work, done)
				} else {
					done()
				}
			}
		}}, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"failed", looks, []func(*learner.Config){func(c *learner.Config) {
			c.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
				return "", &fs.PathError{Op: "write", Path: "slots", Err: syscall.ENOSPC}
			}
		}}, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"failed-disk", looks, []func(*learner.Config){func(c *learner.Config) {
			c.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
				return "", &fs.PathError{Op: "open", Path: "outbox", Err: syscall.EROFS}
			}
		}}, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"failed-waiting", looks, []func(*learner.Config){func(c *learner.Config) {
			c.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
				return "", resources.ErrFull
			}
		}}, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"report-not-sent", looks, nil, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.dont")
		}},
		{"sending", looks, []func(*learner.Config){neverDone}, func(t *testing.T, h *learner.Help) {
			toPreview(t, h)
			uitest.Press(t, h.Content(), "preview.send")
		}},
		{"find-looking", looks, []func(*learner.Config){neverDone}, lookUp},
		{"preview-oversight", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.report", "danger.no", "about.staff", "ui.next", "topic.hurt", "ui.next", "ui.next", "ui.next", "reach.preview")
		}},
		{"nothing-sent", looks, nil, func(t *testing.T, h *learner.Help) {
			uitest.Press(t, h.Content(), "help.childline", "service.open_and_tell", "about.me", "ui.next", "reach.preview", "preview.dont")
		}},
	}
}

func TestPictures(t *testing.T) {
	for _, p := range pages() {
		uitest.Pictures(t, p.name, p.looks, func(t *testing.T) fyne.CanvasObject { return p.open(t).Content() })
	}
}
