package texts_test

import (
	"fmt"
	"strings"
	"testing"

	"lessonguard/agreements"
	"lessonguard/agreements/texts"
)

// show writes changes as a page would: [-taken away-], {+added+}.
func show(changes []texts.Change) string {
	var lines []string
	for _, c := range changes {
		switch {
		case c.Old == "":
			lines = append(lines, fmt.Sprintf("%d {+%s+}", c.Kind, c.New))
		case c.New == "":
			lines = append(lines, fmt.Sprintf("%d [-%s-]", c.Kind, c.Old))
		default:
			var words []string
			for _, w := range c.Words {
				words = append(words, fmt.Sprintf([]string{"%s", "{+%s+}", "[-%s-]"}[w.Mark], w.Text))
			}
			lines = append(lines, fmt.Sprintf("%d %s", c.Kind, strings.Join(words, " ")))
		}
	}
	return strings.Join(lines, "\n")
}

func TestChanges(t *testing.T) {
	const before = "Read this together.\n\n## Lessons\n\n- [ ] I keep my camera on.\n- [ ] I am kind.\n- [ ] I do not record lessons.\n"
	for _, tt := range []struct{ name, title, body, want string }{
		{"nothing", "Rules", before, ""},
		{"layout only", "Rules", strings.ReplaceAll(before, "together.\n", "\ntogether.\n"), ""},
		{"a clause added", "Rules", before + "- [ ] I ask before I use AI.\n", "3 {+I ask before I use AI.+}"},
		{"a clause taken away", "Rules", strings.Replace(before, "- [ ] I am kind.\n", "", 1), "3 [-I am kind.-]"},
		{
			"a clause worded anew", "Rules",
			strings.Replace(before, "my camera on.", "my camera on when my tutor asks.", 1),
			"3 I keep my camera [-on.-] {+on when my tutor asks.+}",
		},
		{
			"one replaced by something else", "Rules",
			strings.Replace(before, "I am kind.", "No phones at the desk, please!", 1),
			"3 {+No phones at the desk, please!+}\n3 [-I am kind.-]",
		},
		{"a clause made a point", "Rules", strings.Replace(before, "- [ ] I am kind.", "- I am kind.", 1), "2 {+I am kind.+}\n3 [-I am kind.-]"},
		{"the title", "My rules", before, "1 {+My rules+}\n1 [-Rules-]"}, // no word kept: two texts
	} {
		t.Run(tt.name, func(t *testing.T) {
			from := agreements.Agreement{Title: "Rules", Body: before}
			to := agreements.Agreement{Title: tt.title, Body: tt.body}
			got := show(texts.Changes(from, to))
			if got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}
