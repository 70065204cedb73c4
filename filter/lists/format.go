package lists

import (
	"fmt"
	"strings"

	"lessonguard/filter"
)

// A form is the way a line is written.
type form uint16 // a set

const (
	formName     form = 1 << iota // example.com
	formWildcard                  // *.example.com, .example.com
	formHosts                     // 0.0.0.0 example.com
	formAdblock                   // ||example.com^
	formDnsmasq                   // address=/example.com/
	formUnbound                   // local-zone: "example.com" static
	formZone                      // example.com CNAME .
	formV2fly                     // full:example.com @ads
	formURL                       // http://example.com/
	formAny      = ^form(0)
)

// formIDs are the formats that the forms are typical of, by their bits.
var formIDs = [...]string{"plain", "wildcard", "hosts", "adblock", "dnsmasq", "unbound", "rpz", "v2fly", "urls"}

// formats are the ones that can be named. The first is for lists of any or
// mixed form, and nearly always right: no form means two things.
var formats = []struct {
	id    string
	forms form
}{
	{"any", formAny},
	{"plain", formName | formWildcard},
	{"hosts", formHosts | formName},
	{"wildcard", formName | formWildcard},
	{"adblock", formAdblock | formHosts | formName},
	{"dnsmasq", formDnsmasq},
	{"unbound", formUnbound},
	{"rpz", formZone},
	{"v2fly", formV2fly | formName},
	{"urls", formURL | formName},
	{"ut1", formName | formURL},
	{"starter", formName | formV2fly},
	{"csv", formName | formWildcard | formURL},
}

// A Format is how the lines of a list are written. The zero Format is "any".
type Format struct {
	id     string
	forms  form
	column string // of csv
}

// ParseFormat returns the format with the given id: any, plain, hosts, wildcard,
// adblock, dnsmasq, unbound, rpz, v2fly, urls, ut1, starter, or csv:COLUMN with
// the name of a column in the file's first line. Empty is any. The error names
// the valid ones.
func ParseFormat(id string) (Format, error) {
	if id == "" {
		return Format{}, nil
	}
	name, column, hasColumn := strings.Cut(id, ":")
	for _, f := range formats {
		if f.id == name && hasColumn == (name == "csv") && hasColumn == (column != "") {
			return Format{id: id, forms: f.forms, column: column}, nil
		}
	}
	var ids []string
	for _, f := range formats[:len(formats)-1] {
		ids = append(ids, f.id)
	}
	return Format{}, fmt.Errorf("unknown list format %q: the formats are %s, csv:COLUMN", id, strings.Join(ids, ", "))
}

// String returns the id.
func (f Format) String() string {
	if f.id == "" {
		return "any"
	}
	return f.id
}

func (f Format) takes(form form) bool { return f.forms == 0 || form == 0 || f.forms&form != 0 }

// Line returns what a line means, on its own. What stands before it in a file
// (the origin of a zone, the columns of a table) is not known here.
func (f Format) Line(line string) Result {
	var j judge
	j.line([]byte(line))
	if !f.takes(j.form) && (j.verb == Block || j.verb == Exact || j.verb == Include || j.verb == Skip) {
		return Result{Verb: Skip, Reason: OtherFormat}
	}
	r := Result{Verb: j.verb}
	switch j.verb {
	case Block, Exact:
		for name := range j.names {
			r.Names = append(r.Names, filter.Name(name))
		}
	case Skip:
		r.Reason = j.reason
	case Include:
		r.File = string(j.file)
	}
	return r
}
