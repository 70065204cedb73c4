package lists

import "bytes"

// zoneLine judges a line of a response policy zone (RPZ, in the form of a
// master file, RFC 1035 section 5), and reports whether it is one.
func (j *judge) zoneLine(b []byte) bool {
	if b[0] == '$' {
		directive, _, _ := bytes.Cut(b, []byte(" "))
		switch string(bytes.ToUpper(trim(directive))) {
		case "$TTL", "$ORIGIN", "$INCLUDE", "$GENERATE":
			j.form = formZone
			return true
		}
		return false
	}
	b, _, _ = bytes.Cut(b, []byte(";"))
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return false
	}
	owner, at := fields[0], 1
	if isType(owner) || isClass(owner) {
		owner, at = nil, 0 // the owner of the line before
	}
	for at < len(fields) && (allDigits(fields[at]) || isClass(fields[at])) {
		at++
	}
	if at == len(fields) || !isType(fields[at]) {
		return false
	}
	j.form = formZone
	kind, data := string(bytes.ToUpper(fields[at])), fields[at+1:]
	switch {
	case kind == "SOA", kind == "NS", string(owner) == "@":
		return true // the zone's own
	case len(data) == 0 || owner == nil:
		j.skip(BadName)
		return true
	case isTrigger(owner):
		j.skip(Trigger)
		return true
	}
	switch to := string(bytes.ToLower(data[0])); kind {
	case "CNAME":
		switch to {
		case ".", "*.", "rpz-drop.":
			j.owner(owner)
		case "rpz-passthru.":
			j.skip(Exception)
		case "rpz-tcp-only.":
			j.skip(Modifier)
		default:
			j.skip(Rewrite)
		}
	case "A", "AAAA":
		if null(data[0]) {
			j.owner(owner)
		} else {
			j.skip(Rewrite)
		}
	default:
		j.skip(Rewrite)
	}
	return true
}

// owner closes the name that a record belongs to, without the zone's own name.
func (j *judge) owner(name []byte) {
	if len(j.origin) > 0 && name[len(name)-1] == '.' {
		whole := name[:len(name)-1]
		if cut := len(whole) - len(j.origin) - 1; cut > 0 && whole[cut] == '.' && bytes.EqualFold(whole[cut+1:], j.origin) {
			name = whole[:cut]
		}
	}
	if string(name) == "*" || string(name) == "*." {
		j.skip(Everything)
		return
	}
	name = bytes.TrimPrefix(name, []byte("*."))
	if bytes.IndexByte(name, '*') >= 0 {
		j.skip(Pattern)
		return
	}
	j.close(Block, name)
}

// directive follows the directives of a zone file from one line to the next.
func (j *judge) directive(b []byte) {
	b = trim(b)
	if len(b) < 8 || !bytes.EqualFold(b[:7], []byte("$ORIGIN")) || !isSpace(b[7]) {
		return
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return
	}
	if origin, ok := canonical(nil, fields[1]); ok {
		j.origin = origin
	} else {
		j.origin = nil
	}
}

// isTrigger knows owners that are about addresses and name servers, not names.
func isTrigger(owner []byte) bool {
	owner = bytes.ToLower(owner) // which makes what is no UTF-8 longer
	for _, t := range []string{"rpz-ip", "rpz-client-ip", "rpz-nsdname", "rpz-nsip"} {
		if i := bytes.Index(owner, []byte("."+t)); i >= 0 {
			if end := i + 1 + len(t); end == len(owner) || owner[end] == '.' {
				return true
			}
		}
	}
	return false
}

func isClass(w []byte) bool {
	return bytes.EqualFold(w, []byte("IN")) || bytes.EqualFold(w, []byte("CH")) || bytes.EqualFold(w, []byte("HS"))
}

func isType(w []byte) bool {
	switch string(bytes.ToUpper(w)) {
	case "A", "AAAA", "CNAME", "DNAME", "SOA", "NS", "TXT", "MX", "SRV", "PTR", "CAA", "HTTPS", "SVCB":
		return true
	}
	return false
}
