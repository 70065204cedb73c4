package lists

import "bytes"

// v2fly judges a line of a domain-list-community file that has a prefix, and
// reports whether the line is one.
func (j *judge) v2fly(b []byte) bool {
	kind, rest, ok := bytes.Cut(b, []byte(":"))
	if !ok {
		return false
	}
	rest = trim(cutComment(rest))
	verb := Block
	switch string(kind) {
	case "domain":
	case "full":
		verb = Exact
	case "keyword", "regexp":
		j.form = formV2fly
		j.skip(Pattern)
		return true
	case "include":
		verb = Include
	default:
		return false
	}
	j.form = formV2fly
	end := bytes.IndexAny(rest, " \t")
	if end < 0 {
		end = len(rest)
	}
	word := rest[:end]
	if j.attrs = rest[end:]; len(trim(j.attrs)) > 0 && !isAttribute(trim(j.attrs)) {
		j.skip(BadName)
		return true
	}
	if verb != Include {
		j.close(verb, word)
		return true
	}
	if !isFileName(word) {
		j.skip(BadName)
		return true
	}
	j.verb, j.file = Include, word
	return true
}

// isAttribute knows "@ads" and "&list", which v2fly files put behind a name.
func isAttribute(w []byte) bool { return len(w) > 1 && (w[0] == '@' || w[0] == '&') }

// isFileName takes the names that v2fly gives its files, such as
// category-ai-!cn: no path, nothing hidden.
func isFileName(w []byte) bool {
	for _, c := range w {
		if plain[c] == 0 && c != '!' {
			return false
		}
	}
	return len(w) > 0 && len(w) <= 100 && w[0] != '.'
}

// chosen reports whether an entry with attributes is one that an include asks
// for: "include:other @cn" takes the entries of other that are @cn, "@-cn"
// those that are not.
func chosen(wanted, has []byte) bool {
	for _, w := range bytes.Fields(wanted) {
		if w[0] != '@' || len(w) < 2 {
			continue
		}
		name, without := bytes.CutPrefix(w[1:], []byte("-"))
		found := false
		for _, h := range bytes.Fields(has) {
			found = found || h[0] == '@' && bytes.Equal(h[1:], name)
		}
		if found == without {
			return false
		}
	}
	return true
}
