package lists

import "bytes"

// dnsmasq judges an option of dnsmasq's that is about names, and reports
// whether the line is one.
func (j *judge) dnsmasq(b []byte) bool {
	option, value, ok := bytes.Cut(b, []byte("="))
	if !ok || !allPlain(option) {
		return false
	}
	value = trim(cutDnsmasqComment(value))
	switch string(option) {
	case "address", "local", "server":
	case "cname", "host-record", "ptr-record", "txt-record", "srv-host", "alias", "dns-rr":
		j.form = formDnsmasq
		j.skip(Rewrite)
		return true
	case "ipset", "nftset", "rev-server":
		j.form = formDnsmasq
		j.skip(Forward)
		return true
	default:
		return false
	}
	j.form = formDnsmasq
	if len(value) == 0 || value[0] != '/' {
		if j.skip(BadName); string(option) != "address" {
			j.skip(Forward) // server=192.0.2.1
		}
		return true
	}
	last := bytes.LastIndexByte(value, '/')
	to := value[last+1:]
	if last == 0 {
		j.skip(BadName)
		return true
	}
	if string(option) == "address" {
		if len(to) > 0 && string(to) != "#" && !null(to) {
			j.skip(Rewrite)
			return true
		}
	} else if len(to) > 0 {
		j.skip(Forward)
		return true
	}
	var names [][]byte
	for n := range bytes.SplitSeq(value[1:last], []byte("/")) {
		switch n = trim(n); {
		case string(n) == "#" || string(n) == "*":
			j.skip(Everything)
			return true
		case bytes.HasPrefix(n, []byte("*.")):
			n = n[2:]
		case len(n) > 0 && n[0] == '.':
			n = n[1:]
		}
		if bytes.IndexByte(n, '*') >= 0 {
			j.skip(Pattern)
			return true
		}
		names = append(names, n)
	}
	j.close(Block, names...)
	return true
}

// cutDnsmasqComment cuts a comment off, which has white space before its "#":
// without, the "#" is dnsmasq's word for every name.
func cutDnsmasqComment(b []byte) []byte {
	for i := 1; i < len(b); i++ {
		if b[i] == '#' && isSpace(b[i-1]) {
			return b[:i]
		}
	}
	return b
}

// unbound judges a local-zone or local-data of unbound's, and reports whether
// the line is one, or one of the headings that stand above them.
func (j *judge) unbound(b []byte) bool {
	key, value, ok := bytes.Cut(b, []byte(":"))
	if !ok {
		return false
	}
	value = trim(cutComment(value))
	switch string(key) {
	case "server", "view", "auth-zone", "remote-control":
		return len(value) == 0
	case "local-zone":
		j.form = formUnbound
		name, kind, ok := quoted(value)
		if !ok {
			j.skip(BadName)
			return true
		}
		j.localZone(name, string(bytes.Trim(kind, `"`)))
		return true
	case "local-data":
		j.form = formUnbound
		record, _, ok := quoted(value)
		if !ok {
			j.skip(BadName)
			return true
		}
		j.localData(bytes.Fields(record))
		return true
	case "local-data-ptr", "forward-zone", "stub-zone", "forward-addr":
		j.form = formUnbound
		j.skip(Forward)
		return true
	}
	return false
}

func (j *judge) localZone(name []byte, kind string) {
	switch kind {
	case "always_nxdomain", "static", "refuse", "always_refuse", "deny", "always_deny", "redirect", "always_null",
		"always_nodata", "inform_deny", "inform_redirect":
	case "transparent", "typetransparent", "always_transparent", "inform", "nodefault", "noview", "ipset":
		j.skip(Exception)
		return
	case "block_a":
		j.skip(Modifier)
		return
	default:
		j.skip(BadName)
		return
	}
	if string(name) == "." {
		j.skip(Everything)
		return
	}
	j.close(Block, name)
}

// localData judges "NAME [TTL] [IN] A ADDRESS", which answers for that name
// alone.
func (j *judge) localData(fields [][]byte) {
	if len(fields) < 3 {
		j.skip(BadName)
		return
	}
	kind, to := fields[len(fields)-2], fields[len(fields)-1]
	if (bytes.EqualFold(kind, []byte("A")) || bytes.EqualFold(kind, []byte("AAAA"))) && null(to) {
		j.close(Exact, fields[0])
		return
	}
	j.skip(Rewrite)
}

// quoted takes the first word off b, in double quotes or not.
func quoted(b []byte) (word, rest []byte, ok bool) {
	if len(b) > 0 && (b[0] == '"' || b[0] == '\'') {
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return nil, nil, false
		}
		return trim(b[1 : 1+end]), trim(b[2+end:]), true
	}
	end := bytes.IndexAny(b, " \t")
	if end < 0 {
		end = len(b)
	}
	return b[:end], trim(b[end:]), end > 0
}
