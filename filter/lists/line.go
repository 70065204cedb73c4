package lists

import "bytes"

// A judge finds out what a line means. It is reused: what it found holds until
// the next line.
type judge struct {
	verb   Verb
	form   form
	reason Reason
	file   []byte // of Include, within the line
	attrs  []byte // v2fly: "@cn @ads", within the line
	origin []byte // of the zone that is being read, if any; canonical

	buf  []byte // canonical names, one after another
	ends []int  // of each
}

// names yields the names of Block and Exact. They are overwritten by the next
// line.
func (j *judge) names(yield func([]byte) bool) {
	begin := 0
	for _, end := range j.ends {
		if !yield(j.buf[begin:end:end]) {
			return
		}
		begin = end
	}
}

func (j *judge) none() { j.verb = None }

func (j *judge) skip(r Reason) { j.verb, j.reason = Skip, r }

// close makes the line close the names in its fields, as far as they are fit;
// if none is, it is skipped for what is wrong with the first.
func (j *judge) close(verb Verb, names ...[]byte) {
	for i, n := range names {
		begin := len(j.buf)
		to, ok := canonical(j.buf, n)
		why := BadName
		if ok {
			why, ok = usable(to[begin:])
		}
		if ok {
			j.buf, j.ends = to, append(j.ends, len(to))
			j.verb = verb
		} else if i == 0 || j.verb == Skip {
			j.buf = to[:begin]
			if why == BadName && isAddress(n) {
				why = Address
			}
			if j.verb != Skip {
				j.skip(why)
			}
		}
	}
}

// trim takes the byte-order mark off, and white space at both ends.
func trim(b []byte) []byte {
	if len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
		b = b[3:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	return b
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'
}

// line judges one line, with or without its end. The three forms that nearly
// all lines have come first.
func (j *judge) line(b []byte) {
	*j = judge{origin: j.origin, buf: j.buf[:0], ends: j.ends[:0]}
	b = trim(b)
	switch {
	case len(b) == 0:
		j.none()
	case b[0] == '.' && len(b) > 1 && allPlain(b):
		j.form = formName
		j.single(b)
	case allPlain(b):
		j.form = formName
		j.close(Block, b)
	case b[0] >= '0' && b[0] <= '9' || b[0] == ':':
		j.hosts(b)
	case b[0] == '|':
		j.form = formAdblock
		j.adblock(b)
	default:
		j.marked(b)
	}
}

// hosts judges a line that begins as an address does.
func (j *judge) hosts(b []byte) {
	end := 0
	for end < len(b) && !isSpace(b[end]) {
		end++
	}
	rest := trim(cutComment(b[end:]))
	if len(rest) == 0 {
		j.marked(b)
		return
	}
	address := b[:end]
	j.form = formHosts
	switch {
	case null(address):
		if allPlain(rest) {
			j.close(Block, rest)
			return
		}
		j.close(Block, bytes.Fields(rest)...)
	case isAddress(cutZone(address)):
		j.skip(Rewrite)
	default:
		j.marked(b)
	}
}

// cutZone cuts off the interface of an address such as fe80::1%lo0.
func cutZone(b []byte) []byte {
	if i := bytes.IndexByte(b, '%'); i >= 0 {
		return b[:i]
	}
	return b
}

// cutComment cuts off what begins with a "#", glued to a word or not.
func cutComment(b []byte) []byte {
	if i := bytes.IndexByte(b, '#'); i >= 0 {
		return b[:i]
	}
	return b
}

// marked judges a line by the marks that its form has.
func (j *judge) marked(b []byte) {
	switch b[0] {
	case '#':
		if isCosmetic(b) {
			j.form = formAdblock
			j.skip(Cosmetic)
		}
		return
	case '!', ';':
		return
	case '[':
		if j.form = formName; isAddress(b) {
			j.skip(Address)
		} else if b[len(b)-1] != ']' {
			j.skip(BadName)
		}
		return
	case '<':
		if isHTML(b) {
			j.verb = Reject
			return
		}
		j.form = formName
		j.skip(BadName)
		return
	case '/':
		if bytes.HasPrefix(b, []byte("//")) {
			return
		}
		j.form = formAdblock
		j.skip(Pattern)
		return
	case '@':
		if bytes.HasPrefix(b, []byte("@@")) {
			j.form = formAdblock
			j.skip(Exception)
			return
		}
	}
	switch {
	case j.dnsmasq(b), j.unbound(b), j.v2fly(b):
		return
	case isCosmetic(b):
		j.form = formAdblock
		j.skip(Cosmetic)
		return
	}
	if scheme := bytes.Index(b, []byte("://")); scheme > 0 && allPlain(b[:scheme]) {
		j.form = formURL
		j.url(b[scheme+3:], string(bytes.ToLower(b[:scheme])))
		return
	}
	if b[0] == '$' || bytes.IndexByte(b, ';') > 0 {
		if j.zoneLine(b) {
			return
		}
	}
	if b = trim(cutComment(b)); len(b) == 0 {
		return
	}
	if bytes.ContainsAny(b, " \t") {
		j.words(b)
		return
	}
	j.form = formName
	j.single(b)
}

// words judges a line of several words that begins with no address.
func (j *judge) words(b []byte) {
	if j.zoneLine(b) {
		return
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 { // beside spaces that are not ASCII's
		j.form = formName
		j.skip(BadName)
		return
	}
	if isAddress(cutZone(fields[0])) {
		j.hosts(b) // an IPv6 address that begins with a letter
		return
	}
	if isAttribute(fields[1]) {
		j.form, j.attrs = formV2fly, b[len(fields[0]):]
		j.single(fields[0])
		return
	}
	j.form = formName
	j.skip(BadName)
}

// single judges one word: a name, a name with a wildcard before it, an address,
// or a part of a site.
func (j *judge) single(w []byte) {
	if rest, ok := bytes.CutPrefix(bytes.TrimPrefix(w, []byte("*")), []byte(".")); ok {
		if j.form == formName {
			j.form = formWildcard
		}
		w = rest
	}
	if isAddress(w) {
		j.skip(Address)
		return
	}
	if bytes.ContainsAny(w, "*^|$\\(") {
		j.skip(Pattern)
		return
	}
	if bytes.ContainsAny(w, "/:?#") {
		form := j.form
		j.url(w, "")
		j.form = form
		return
	}
	j.close(Block, w)
}

// url judges what stands after the scheme of a URL. Only a whole host is
// closed, never for the sake of one page, port or query of it.
func (j *judge) url(b []byte, scheme string) {
	host, rest := b, []byte(nil)
	if i := bytes.IndexAny(b, "/?#"); i >= 0 {
		host, rest = b[:i], b[i:]
	}
	if at := bytes.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if isAddress(host) {
		j.skip(Address)
		return
	}
	if i := bytes.LastIndexByte(host, ':'); i >= 0 {
		port := string(host[i+1:])
		host = host[:i]
		switch scheme + ":" + port {
		case ":", "http:", "https:", "http:80", "https:443":
		default:
			j.skip(Path)
			return
		}
	}
	if len(rest) > 0 && !bytes.Equal(rest, []byte("/")) && rest[0] != '#' {
		j.skip(Path)
		return
	}
	if bytes.IndexByte(host, '*') >= 0 {
		j.skip(Pattern)
		return
	}
	j.close(Block, host)
}

// isHTML knows the beginnings of web pages, which is what a captive portal or a
// moved list answers with.
func isHTML(b []byte) bool {
	for _, tag := range []string{"<!doctype", "<html", "<head", "<body", "<?xml", "<script", "<meta", "<title", "<!--", "<div", "<p>"} {
		if len(b) >= len(tag) && bytes.EqualFold(b[:len(tag)], []byte(tag)) {
			return true
		}
	}
	return false
}
