package post_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"lessonguard/app/post"
	"lessonguard/app/ui/uitest"
	"lessonguard/resources"
	"lessonguard/resources/seal"
)

// TestLongestWords sends as much as may be written, whatever it is made of.
func TestLongestWords(t *testing.T) {
	id, err := seal.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"x", "<", "&", ">", "\"", "\\", "a\n", "ŵ", "a\u2028", "😢"} {
		want := resources.Report{About: resources.AboutMe, Words: strings.Repeat(part, resources.MaxWords/len(part))}
		if err := want.Check(); err != nil {
			t.Fatal(err)
		}
		var got resources.Report
		way := post.Way{
			Do:    uitest.AtOnce,
			State: func(string) resources.ReceiptState { return "" },
			Send: func(_ context.Context, kind resources.Kind, _ resources.Recipients, payload []byte) (string, error) {
				sealed, err := seal.Seal([]string{id.Recipient()}, kind, json.RawMessage(payload))
				if err != nil {
					return "", err
				}
				e, err := seal.Open([]seal.Identity{id}, sealed)
				if err != nil {
					return "", err
				}
				return "7KQ2-M9XW-TA4F", e.Decode(&got)
			},
		}
		way.Keep(resources.KindReport, want.About, want, func(_ post.Handed, err error) {
			if err != nil || got.Words != want.Words {
				t.Errorf("%d times %q: %v, and %d bytes of words arrived", len(want.Words)/len(part), part, err, len(got.Words))
			}
		})
	}
}
