package inbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"lessonguard/resources"
	"lessonguard/resources/seal"
)

// An item is a message as a page shows it. All of it is shown escaped.
type item struct {
	Kept
	Kind     string // in words
	Family   string
	KeepHome bool // nobody at home may be contacted before the DSL decides
	Danger   bool // the sender said to be in danger now
	About    string
	Topics   string
	Words    string
	Facts    []fact
	Problem  string // what is wrong with the message, in a sentence
}

// A fact is one answer of the sender.
type fact struct{ Name, Value string }

func newItem(k Kept, family string, e seal.Envelope, err error) item {
	i := item{Kept: k, Family: family, Kind: kindWords(e.Kind)}
	if i.Family == "" {
		i.Family = "a family that is no longer known"
	}
	if k.Class == Concerns {
		// Until it has been read it may be one: leave home out of it.
		i.KeepHome = true
	}
	switch {
	case err != nil:
		i.Kind, i.Problem = "Message that cannot be read", "This message is damaged, or from a newer version of Lessonguard: "+err.Error()
		return i
	case !fits(k.Class, e.Kind):
		i.Problem = fmt.Sprintf("This came as %q and is something else inside.", k.Class)
	}
	switch e.Kind {
	case resources.KindReport:
		var r resources.Report
		if err := e.Decode(&r); err == nil {
			i.report(r)
			return i
		}
	case resources.KindHelpRequest:
		var h resources.HelpRequest
		if err := e.Decode(&h); err == nil {
			i.helpRequest(h)
			return i
		}
	}
	i.Facts = append(i.Facts, fact{"What was sent", indented(e.Payload)})
	return i
}

func fits(c Class, k resources.Kind) bool {
	switch c {
	case Concerns:
		return k == resources.KindReport || k == resources.KindHelpRequest
	case Acceptances:
		return k == resources.KindAcceptance
	}
	return k == resources.KindAttestation
}

func kindWords(k resources.Kind) string {
	switch k {
	case resources.KindReport:
		return "Report"
	case resources.KindHelpRequest:
		return "Asked for help"
	case resources.KindAcceptance:
		return "Agreement accepted"
	case resources.KindAttestation:
		return "How the family's PC is protected"
	}
	return "Message of another kind"
}

func (i *item) report(r resources.Report) {
	i.KeepHome, i.Danger = resources.KeepFromHome(r.About, r.TellHome), r.Danger
	i.About, i.Words = aboutWords(r.About), r.Words
	topics := make([]string, 0, len(r.Topics))
	for _, t := range r.Topics {
		topics = append(topics, strings.ReplaceAll(string(t), "-", " "))
	}
	i.Topics = strings.Join(topics, ", ")
	i.fact("Written by", r.Role)
	i.fact("Name given", or(r.Name, "none: it came from this family's account"))
	i.fact("The child", r.Child)
	i.fact("Where", r.Where)
	i.fact("When", r.When)
	i.fact("What has been done, and who was told", r.Done)
	i.fact("What they want to happen", r.Wants)
	i.fact("A safe way and time to reach them", or(r.Reach, "not said: do not try the family's number"))
	i.fact("May anyone at home be told?", homeWords(r.TellHome))
	i.written(r.At.UTC().Format("2 January 2006, 15:04 MST"), r.Language, r.App)
}

func (i *item) helpRequest(h resources.HelpRequest) {
	i.KeepHome = resources.KeepFromHome(h.About, h.TellHome)
	i.About = aboutWords(h.About)
	i.fact("Service they turned to", h.Service)
	i.fact("Name given", or(h.Name, "none: it came from this family's account"))
	i.fact("A safe way and time to reach them", or(h.Reach, "not said: do not try the family's number"))
	i.fact("May anyone at home be told?", homeWords(h.TellHome))
	i.written(h.At.UTC().Format("2 January 2006, 15:04 MST"), h.Language, h.App)
}

func (i *item) written(when, language, app string) {
	i.fact("Written on, by the clock of their PC", when)
	i.fact("Language", language)
	i.fact("Program", app)
}

func (i *item) fact(name, value string) {
	if value != "" {
		i.Facts = append(i.Facts, fact{name, value})
	}
}

func aboutWords(a resources.About) string {
	words := map[resources.About]string{
		resources.AboutMe:          "the sender",
		resources.AboutChild:       "the child they write for",
		resources.AboutFriend:      "a friend",
		resources.AboutHome:        "someone at home or in the family",
		resources.AboutYoungPerson: "another young person",
		resources.AboutAdult:       "an adult they know",
		resources.AboutOnline:      "someone online",
		resources.AboutTutor:       "the tutor",
		resources.AboutStaff:       "someone else at the provider",
	}
	if w, ok := words[a]; ok {
		return w
	}
	return string(a)
}

func homeWords(t resources.TellHome) string {
	switch t {
	case resources.TellHomeYes:
		return "Yes"
	case resources.TellHomeAsk:
		return "Ask me first"
	case resources.TellHomeNo:
		return "No"
	case resources.TellHomeUnsure:
		return "Not sure"
	case "":
		return "Not said"
	}
	return string(t)
}

func or(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}

func indented(payload []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, payload, "", "  "); err != nil {
		return string(payload)
	}
	return b.String()
}
