package lists

import "bytes"

// adblock judges a rule that is anchored with "|" or "||": of the language of
// ad blockers, the part that is about names.
func (j *judge) adblock(b []byte) {
	if i := bytes.Index(b, []byte(" #")); i >= 0 {
		b = trim(b[:i])
	}
	rule, modifiers, _ := bytes.Cut(b, []byte("$"))
	if !closesAll(modifiers) {
		j.skip(Modifier)
		return
	}
	name, subtree := bytes.CutPrefix(rule, []byte("||"))
	if !subtree {
		name = rule[1:]
	}
	name, end := bytes.CutSuffix(name, []byte("|"))
	if n, ok := bytes.CutSuffix(name, []byte("^")); ok {
		name, end = n, true
	}
	if subtree {
		if n, ok := bytes.CutSuffix(name, []byte("/")); ok {
			name = n
		}
		if bytes.Equal(name, []byte("*")) {
			j.skip(Everything)
			return
		}
		name = bytes.TrimPrefix(name, []byte("*."))
	}
	switch {
	case isAddress(name):
		j.skip(Address)
	case bytes.IndexByte(name, '*') >= 0, bytes.IndexByte(name, '^') >= 0, bytes.IndexByte(name, '|') >= 0:
		j.skip(Pattern)
	case !subtree && (!end || bytes.IndexByte(name, '/') >= 0):
		j.skip(Pattern) // |example.com is example.com.elsewhere too
	case bytes.ContainsAny(name, "/:?"):
		j.skip(Path)
	case subtree:
		j.close(Block, name)
	default:
		j.close(Exact, name)
	}
}

// closesAll reports whether a rule with these modifiers closes a name for every
// query of every client.
func closesAll(modifiers []byte) bool {
	for len(modifiers) > 0 {
		var m []byte
		m, modifiers, _ = bytes.Cut(modifiers, []byte(","))
		switch string(trim(m)) {
		case "", "important", "all":
		default:
			return false
		}
	}
	return true
}

// isCosmetic knows rules that hide parts of a page: site##selector and its
// kin. A heading of a commented list is none.
func isCosmetic(b []byte) bool {
	for i := 0; i+1 < len(b) && !isSpace(b[i]); i++ {
		if b[i] == '$' && b[i+1] == '$' {
			return true
		}
		if b[i] != '#' {
			continue
		}
		rest := b[i+1:]
		if rest[0] == '@' || rest[0] == '?' || rest[0] == '$' || rest[0] == '%' {
			if k := bytes.IndexByte(rest, '#'); k > 0 && k <= 3 {
				return true
			}
		}
		if rest[0] == '#' && len(rest) > 1 {
			c := rest[1]
			if c == '#' && len(rest) > 2 {
				c = rest[2]
			}
			return c == '.' || c == '[' || c == '*' || c == ':' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		}
		return false
	}
	return false
}
