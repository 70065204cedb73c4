package tutor_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/tutor"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

func config(change ...func(*tutor.Config)) tutor.Config {
	c := tutor.Config{
		Profiles: []agreements.Profile{
			{ID: "kst", Name: "Key Stage Tutoring"},
			{ID: "demo", Name: "Practice provider", Practice: true, Platform: &agreements.Platform{URL: "http://127.0.0.1:8710"}},
		},
		Enrol: func(_ context.Context, p agreements.Profile) (filter.Provider, error) {
			return filter.Provider{ID: p.ID, Name: p.Name, Route: &filter.Route{URL: p.Platform.URL}}, nil
		},
		Keep: func(_ context.Context, p filter.Provider) (filter.Provider, error) { return p, nil },
		Form: func(p filter.Provider) fyne.CanvasObject { return ui.Body("the form of " + p.Name) },
		Do:   uitest.AtOnce,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func TestPictures(t *testing.T) {
	uitest.Pictures(t, "choose", uitest.AllLooks(), func(*testing.T) fyne.CanvasObject { return tutor.New(config()).Content() })
	refused := func(c *tutor.Config) {
		c.Enrol = func(context.Context, agreements.Profile) (filter.Provider, error) {
			return filter.Provider{}, errors.New("that invite code is not known")
		}
	}
	uitest.Pictures(t, "refused", uitest.Looks()[:1], func(t *testing.T) fyne.CanvasObject {
		p := tutor.New(config(refused))
		uitest.Press(t, p.Content(), "Practice provider", "ui.next")
		return p.Content()
	})
}

// TestChoose enrols where there is a platform, keeps the provider, and goes on to
// its form; the next start goes there at once.
func TestChoose(t *testing.T) {
	for _, tt := range []struct {
		name  string
		route bool
	}{{"Key Stage Tutoring", false}, {"Practice provider", true}} {
		var kept []filter.Provider
		var p *tutor.Page
		c := config(func(c *tutor.Config) {
			c.Keep = func(_ context.Context, x filter.Provider) (filter.Provider, error) {
				kept = append(kept, x)
				return x, nil
			}
		})
		uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
			p = tutor.New(c)
			return p.Content()
		})
		uitest.Press(t, p.Content(), "ui.next")
		if len(kept) != 0 {
			t.Fatal("it went on without a provider")
		}
		uitest.Press(t, p.Content(), tt.name, "ui.next")
		if len(kept) != 1 || kept[0].Name != tt.name || kept[0].Route != nil != tt.route {
			t.Errorf("kept %+v", kept)
		}
		if text := uitest.Text(p.Content()); !strings.Contains(text, "the form of "+tt.name) {
			t.Errorf("it shows:\n%s", text)
		}
		c.Provider = kept[0]
		if text := uitest.Text(tutor.New(c).Content()); !strings.Contains(text, "the form of "+tt.name) {
			t.Errorf("the next start shows:\n%s", text)
		}
	}
}

// TestPicturesAfterSilence draws a picture where nothing was drawn for longer than
// the toolkit keeps what it makes, as after slow tests that draw nothing.
func TestPicturesAfterSilence(t *testing.T) {
	if os.Getenv("FYNE_CACHE") != "" {
		t.Skip("it is another run of this")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPictures$/^choose$/^light$")
	cmd.Env = append(os.Environ(), "FYNE_CACHE=1ms")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
