package concern_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/concern"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/resources"
)

// open shows a form, in the language that the pictures are first in.
func open(t *testing.T, c concern.Config) *concern.Form {
	t.Helper()
	var f *concern.Form
	uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		f = concern.New(c)
		return f.Content()
	})
	return f
}

// TestSentAsShown sends what was written, to those who may read it, and forgets
// it.
func TestSentAsShown(t *testing.T) {
	for _, tt := range []struct {
		role, about string
		to          resources.Recipients
	}{
		{concern.RoleGuardian, "child", resources.ToSafeguarding},
		{concern.RoleGuardian, "home", resources.ToSafeguarding},
		{concern.RoleGuardian, "tutor", resources.ToOversight},
		{concern.RoleTutor, "child", resources.ToSafeguarding},
		{concern.RoleTutor, "staff", resources.ToOversight},
	} {
		var posts []post
		f := open(t, config(tt.role, &posts))
		toPreview(t, f, tt.role, tt.about)
		shown := uitest.Text(f.Content())
		if len(posts) != 0 {
			t.Fatalf("%s: something was sent before Send was pressed", tt.role)
		}
		uitest.Press(t, f.Content(), "preview.send")
		if len(posts) != 1 {
			t.Fatalf("%s about %s: %d were sent, want 1", tt.role, tt.about, len(posts))
		}
		r := posts[0].report
		if posts[0].to != tt.to || r.Role != tt.role || string(r.About) != tt.about {
			t.Errorf("%s about %s: sent to %s as %s about %s", tt.role, tt.about, posts[0].to, r.Role, r.About)
		}
		for _, s := range []string{r.Words, r.When, r.Child, r.Name} {
			if s == "" || !strings.Contains(shown, s) {
				t.Errorf("%s: %q was sent and not shown before", tt.role, s)
			}
		}
		if after := uitest.Text(f.Content()); strings.Contains(after, r.Words) {
			t.Errorf("%s: what was written is still on the screen", tt.role)
		}
		f.Home()
		if again := uitest.Text(f.Content()); strings.Contains(again, r.Child) {
			t.Errorf("%s: the form still holds the child's name", tt.role)
		}
	}
}

// TestNobodyToReadIt: a worry about the provider's own people is not sent to
// those people.
func TestNobodyToReadIt(t *testing.T) {
	var posts []post
	f := open(t, config(concern.RoleGuardian, &posts, noOversight))
	toAccount(t, f, concern.RoleGuardian, "tutor")
	if text := uitest.Text(f.Content()); !strings.Contains(text, "LADO") || !strings.Contains(text, "0808 800 5000") {
		t.Errorf("who else to tell is missing:\n%s", text)
	}
	if len(posts) != 0 {
		t.Error("it was sent")
	}
}

// TestTutorSigns: a tutor's report needs a name, a guardian's does not.
func TestTutorSigns(t *testing.T) {
	for role, want := range map[string]bool{concern.RoleTutor: true, concern.RoleGuardian: false} {
		f := open(t, config(role, nil))
		toAccount(t, f, role, "child")
		uitest.Press(t, f.Content(), "ui.next", "reach.preview")
		if got := uitest.Find(f.Content(), "Send") == nil; got != want {
			t.Errorf("%s without a name is asked for one: %v, want %v", role, got, want)
		}
	}
}

// TestExitBlanks forgets the form before the window goes.
func TestExitBlanks(t *testing.T) {
	var f *concern.Form
	var text string
	f = open(t, config(concern.RoleGuardian, nil, func(c *concern.Config) {
		c.Exit = func() { text = uitest.Text(f.Content()) }
	}))
	toAccount(t, f, concern.RoleGuardian, "home")
	uitest.Press(t, f.Content(), "help.exit")
	if text != "" {
		t.Errorf("the window went while it showed %q", text)
	}
	f.Home()
	if strings.Contains(uitest.Text(f.Content()), "Leo") {
		t.Error("the form still holds what was written")
	}
}

// TestNotKept tells an adult why a report was not kept, what else is so, and
// whom to ring; in words for an adult.
func TestNotKept(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "slots", Err: syscall.ENOSPC}
	for _, tt := range []struct {
		name  string
		err   error
		state resources.ReceiptState
		want  []string
	}{
		{"full disk", full, "", []string{"sent.failed", "sent.why_full"}},
		{"not confirmed", fmt.Errorf("saving message: %w", resources.ErrUnsure), "", []string{"sent.unsure", "concern.unsure_line"}},
		{"not confirmed, and received", resources.ErrUnsure, resources.Received, []string{"sent.received"}},
		{"another provider", nil, resources.Elsewhere, []string{"sent.elsewhere", "concern.elsewhere_line"}},
		{"wrong clock", nil, "", []string{"sent.saved", "concern.saved_line", "sent.clock"}},
	} {
		for _, role := range []string{concern.RoleGuardian, concern.RoleTutor} {
			works := 0
			f := open(t, config(role, nil, func(c *concern.Config) {
				c.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
					return "0123", tt.err
				}
				c.State = func(string) resources.ReceiptState { return tt.state }
				c.Do = func(work, done func()) { // nobody waits for half a minute
					if works++; works == 1 {
						work()
					}
					done()
				}
				if tt.name == "wrong clock" {
					c.Now = func() time.Time { return time.Unix(0, 0).UTC() }
				}
			}))
			toPreview(t, f, role, "child")
			uitest.Press(t, f.Content(), "preview.send")
			text := uitest.Text(f.Content())
			for _, key := range tt.want {
				if want := ui.Text(key, "Provider", "Key Stage Tutoring", "Day", "1 January 1970"); !strings.Contains(text, want) {
					t.Errorf("%s, %s: %q is not shown in:\n%s", tt.name, role, want, text)
				}
			}
			if !strings.Contains(text, "0808 800 5000") {
				t.Errorf("%s, %s: nobody to ring in:\n%s", tt.name, role, text)
			}
		}
	}
}
