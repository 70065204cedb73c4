package checkup

import (
	"fmt"
	"html/template"
	"io"
	"strings"

	"lessonguard/filter"
)

// A Text says the words of a key, with what stands in them as pairs of a name
// and a value.
type Text func(key string, inserts ...any) string

// Said is a result in words. Fix is empty for a pass.
type Said struct {
	Title, Why, Fix string
	Guides          []string
}

// Say puts a result in words.
func Say(r filter.CheckupResult, text Text) Said {
	inserts := r.Inserts(func(c filter.Category) string { return text("category." + c.String()) })
	s := Said{Why: text("checkup.why." + string(r.Check)), Guides: r.Guides}
	if r.General() {
		s.Title, s.Fix = text("checkup.general."+r.Say, "What", text("checkup.check."+string(r.Check))), text("checkup.general_fix."+r.Say)
		return s
	}
	s.Title = text("checkup.say."+r.Say, inserts...)
	if r.Outcome != filter.CheckupPass {
		s.Fix = text("checkup.fix."+r.Say, inserts...)
	}
	return s
}

// Write writes a record as plain text, problems first.
func Write(w io.Writer, c filter.CheckupRecord, text Text) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", text("checkup.title"), when(c, text))
	for _, o := range filter.CheckupOutcomes() {
		results := c.With(o)
		if len(results) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", text("checkup.outcome."+string(o)))
		for _, r := range results {
			s := Say(r, text)
			fmt.Fprintf(&b, "  %-4s  %s\n", mark[o], s.Title)
			if o != filter.CheckupPass {
				fmt.Fprintf(&b, "        %s\n        %s\n", s.Why, s.Fix)
			}
			for _, g := range s.Guides {
				fmt.Fprintf(&b, "        %s\n", g)
			}
		}
	}
	fmt.Fprintf(&b, "\n%s\n", text("checkup.reads"))
	_, err := io.WriteString(w, b.String())
	return err
}

// mark is how an outcome looks where there are letters only.
var mark = map[filter.CheckupOutcome]string{
	filter.CheckupFail: "FAIL", filter.CheckupWarn: "!", filter.CheckupNotChecked: "?", filter.CheckupPass: "ok",
}

func when(c filter.CheckupRecord, text Text) string {
	at := c.At.Local()
	day := fmt.Sprintf("%d %s %d", at.Day(), text(fmt.Sprintf("month.%d", int(at.Month()))), at.Year())
	return text("checkup.when", "Day", day, "Time", at.Format("15:04"), "Account", c.Account)
}

// WritePage writes a record as a page to print, whose words are in the given
// language (BCP 47). It loads nothing from anywhere.
func WritePage(w io.Writer, c filter.CheckupRecord, language string, text Text) error {
	type row struct {
		Said
		Mark string
	}
	type group struct {
		ID   filter.CheckupOutcome
		Name string
		Rows []row
	}
	page := struct {
		Language, Title, When, Reads string
		Groups                       []group
	}{language, text("checkup.title"), when(c, text), text("checkup.reads"), nil}
	for _, o := range filter.CheckupOutcomes() {
		g := group{ID: o, Name: text("checkup.outcome." + string(o))}
		for _, r := range c.With(o) {
			g.Rows = append(g.Rows, row{Say(r, text), mark[o]})
		}
		if len(g.Rows) > 0 {
			page.Groups = append(page.Groups, g)
		}
	}
	if err := sheet.Execute(w, page); err != nil {
		return fmt.Errorf("writing checkup: %w", err)
	}
	return nil
}

var sheet = template.Must(template.New("checkup").Parse(`<!DOCTYPE html>
<html lang="{{.Language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<style>
body { font: 11pt/1.4 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #1a1a1a; background: #fff }
h1 { font-size: 18pt; margin: 0 } h2 { font-size: 13pt; margin: 1.2em 0 .3em; border-bottom: 1px solid #999 }
ul { list-style: none; margin: 0; padding: 0 } li { padding: .3em 0 .3em 3.6em; break-inside: avoid }
.mark { float: left; margin-left: -3.6em; font-weight: bold } .fail .mark { color: #a01818 }
p { margin: 0 } .why { color: #444 } .pass .why { display: none } footer { margin-top: 1.5em; font-size: 9pt; color: #444 }
@page { margin: 1.5cm } @media print { body { margin: 0 } }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<p>{{.When}}</p>
{{range .Groups}}<section class="{{.ID}}">
<h2>{{.Name}}</h2>
<ul>
{{range .Rows}}<li><span class="mark">{{.Mark}}</span><strong>{{.Title}}</strong>
<p class="why">{{.Why}}</p>{{with .Fix}}
<p>{{.}}</p>{{end}}{{range .Guides}}
<p><a href="{{.}}">{{.}}</a></p>{{end}}</li>
{{end}}</ul>
</section>
{{end}}<footer>{{.Reads}}</footer>
</body>
</html>
`))
