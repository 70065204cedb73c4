package concern_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/concern"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
	"lessonguard/resources"
)

var services = []resources.Service{
	{ID: "emergency", Name: "Emergency: 999", Phone: "999", Urgent: true, Audience: []string{"guardian", "tutor"}, Summary: "If someone is in danger right now, call 999.", VerifiedOn: uitest.Noon()},
	{ID: "childline", Name: "Childline", Phone: "0800 1111", URL: "https://www.childline.org.uk/", Audience: []string{"learner"}, VerifiedOn: uitest.Noon()},
	{ID: "nspcc", Name: "NSPCC Helpline", Phone: "0808 800 5000", URL: "https://www.nspcc.org.uk/", Audience: []string{"guardian", "tutor"}, Summary: "For any adult who worries about a child.", VerifiedOn: uitest.Noon()},
	{ID: "posh", Name: "Professionals Online Safety Helpline", Phone: "0344 381 4772", URL: "https://saferinternet.org.uk/", Audience: []string{"tutor"}, Summary: "Advice for people who work with children.", VerifiedOn: uitest.Noon()},
	{ID: "local-authority", Name: "Your council's children's services", URL: "https://www.gov.uk/report-child-abuse-to-local-council", Audience: []string{"guardian", "tutor"}, Summary: "They keep children safe, and take worries about anyone.", VerifiedOn: uitest.Noon()},
	{ID: "refuge", Name: "National Domestic Abuse Helpline", Phone: "0808 2000 247", Audience: []string{"guardian"}, Topics: []resources.Topic{resources.TopicHome}, Summary: "For anyone who is hurt or frightened at home."},
}

// A post is what the form handed over.
type post struct {
	to     resources.Recipients
	report resources.Report
}

func config(role string, posts *[]post, change ...func(*concern.Config)) concern.Config {
	route := filter.Route{
		URL: "https://reports.keystagetutoring.example", Verified: true, Safeguarding: []string{"age1x"}, Oversight: []string{"age1y"},
		ReadingHours: "Monday to Friday, 9 to 5, in school terms",
	}
	c := concern.Config{
		Role: role, Provider: filter.Provider{ID: "kst", Name: "Key Stage Tutoring", Route: &route}, Services: services,
		Send: func(_ context.Context, _ resources.Kind, to resources.Recipients, payload []byte) (string, error) {
			p := post{to: to}
			if err := json.Unmarshal(payload, &p.report); err != nil {
				return "", err
			}
			if posts != nil {
				*posts = append(*posts, p)
			}
			return "0123", nil
		},
		State:    func(string) resources.ReceiptState { return resources.Received },
		OpenURL:  func(string) error { return nil },
		Exit:     func() {},
		Language: uitest.Spoken(), App: "0.1.0", Now: uitest.Noon, Do: uitest.AtOnce,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func noRoute(c *concern.Config) {
	c.Provider.Route = nil
	c.Contacts = []agreements.Contact{
		{Role: "safeguarding", Label: "Key Stage Tutoring's safeguarding page", Kind: "web", Value: "https://keystagetutoring.example/safeguarding"},
		{Role: "office", Label: "The office", Kind: "phone", Value: "01632 960001", Note: "Ask for the safeguarding lead."},
	}
}

func noOversight(c *concern.Config) { c.Provider.Route.Oversight = nil }

// waiting has no receipt come in half a minute, which is over.
func waiting(c *concern.Config) {
	c.State = func(string) resources.ReceiptState { return "" }
	works := 0
	c.Do = func(work, done func()) {
		if works++; works == 1 {
			work()
		}
		done()
	}
}

func broken(c *concern.Config) {
	c.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
		return "", errors.New("no space left")
	}
}

// toAccount goes to the page that asks what happened.
func toAccount(t *testing.T, f *concern.Form, role, about string) {
	t.Helper()
	uitest.Press(t, f.Content(), "concern."+role+".about."+about, "concern.topic.home", "concern.topic.hurt")
	uitest.Write(t, f.Content(), 0, "Leo, Tuesday maths")
	uitest.Press(t, f.Content(), "ui.next")
}

// toPreview goes through a whole form up to its preview.
func toPreview(t *testing.T, f *concern.Form, role, about string) {
	t.Helper()
	toAccount(t, f, role, about)
	uitest.Write(t, f.Content(), 0, "Leo cried when a door slammed. He said: “I don't want Friday to come.” He did not want to say more, and I did not ask.")
	uitest.Write(t, f.Content(), 1, "Today at about 4")
	uitest.Press(t, f.Content(), "ui.next")
	uitest.Write(t, f.Content(), 0, "Sam Ortiz")
	uitest.Press(t, f.Content(), "concern.tellhome.no", "reach.preview")
}

func TestPictures(t *testing.T) {
	looks, all := uitest.Looks(), uitest.AllLooks()
	for _, role := range []string{concern.RoleGuardian, concern.RoleTutor} {
		for _, c := range []struct {
			name  string
			looks []uitest.Look
			with  []func(*concern.Config)
			to    func(*testing.T, *concern.Form)
		}{
			{"start", all, nil, nil},
			{"start-oversight", looks[:1], []func(*concern.Config){shipped(t)}, func(t *testing.T, f *concern.Form) {
				uitest.Press(t, f.Content(), "concern."+role+".about.tutor")
			}},
			{"helplines", looks, []func(*concern.Config){shipped(t)}, func(t *testing.T, f *concern.Form) {
				uitest.Press(t, f.Content(), "concern.helplines")
			}},
			{"helplines-home", all, []func(*concern.Config){shipped(t)}, func(t *testing.T, f *concern.Form) {
				uitest.Press(t, f.Content(), "concern.helplines", "concern.topic.home", "nation.wales")
			}},
			{"start-missing", looks[:1], nil, func(t *testing.T, f *concern.Form) { uitest.Press(t, f.Content(), "ui.next") }},
			{"no-route", looks, []func(*concern.Config){noRoute}, nil},
			{"no-post", looks[:1], []func(*concern.Config){noOversight}, func(t *testing.T, f *concern.Form) { toAccount(t, f, role, "tutor") }},
			{"account", looks, nil, func(t *testing.T, f *concern.Form) { toAccount(t, f, role, "child") }},
			{"reach", looks, nil, func(t *testing.T, f *concern.Form) {
				toAccount(t, f, role, "child")
				uitest.Press(t, f.Content(), "ui.next")
			}},
			{"preview", looks, nil, func(t *testing.T, f *concern.Form) { toPreview(t, f, role, "home") }},
			{"preview-oversight", looks[:1], nil, func(t *testing.T, f *concern.Form) { toPreview(t, f, role, "tutor") }},
			{"received", looks, nil, func(t *testing.T, f *concern.Form) {
				toPreview(t, f, role, "child")
				uitest.Press(t, f.Content(), "preview.send")
			}},
			{"wrong-clock", looks[:1], []func(*concern.Config){waiting, func(c *concern.Config) {
				c.Now = func() time.Time { return time.Unix(0, 0).UTC() }
			}}, func(t *testing.T, f *concern.Form) {
				toPreview(t, f, role, "child")
				uitest.Press(t, f.Content(), "preview.send")
			}},
			{"unsure", looks[:1], []func(*concern.Config){waiting, func(c *concern.Config) {
				c.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
					return "0123", resources.ErrUnsure
				}
			}}, func(t *testing.T, f *concern.Form) {
				toPreview(t, f, role, "child")
				uitest.Press(t, f.Content(), "preview.send")
			}},
			{"not-saved", looks[:1], []func(*concern.Config){broken}, func(t *testing.T, f *concern.Form) {
				toPreview(t, f, role, "child")
				uitest.Press(t, f.Content(), "preview.send")
			}},
		} {
			uitest.Pictures(t, role+"-"+c.name, c.looks, func(t *testing.T) fyne.CanvasObject {
				f := concern.New(config(role, nil, c.with...))
				if c.to != nil {
					c.to(t, f)
				}
				return f.Content()
			})
		}
	}
}
