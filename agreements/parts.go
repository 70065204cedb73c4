package agreements

import "strings"

// Parts splits the body into what is shown. The texts keep to a small part of
// Markdown (headings "## ", points "- ", clauses "- [ ] ", paragraphs), so that
// what is shown, read aloud and printed is the same.
func (a Agreement) Parts() []Part {
	var parts []Part
	for block := range strings.SplitSeq(strings.TrimSpace(a.Body), "\n\n") {
		parts = append(parts, splitBlock(block)...)
	}
	return parts
}

func splitBlock(block string) []Part {
	var parts []Part
	for line := range strings.Lines(block) {
		line = strings.TrimRight(line, "\r\n ")
		kind, text := Paragraph, strings.TrimSpace(line)
		switch {
		case text == "":
			continue
		case strings.HasPrefix(text, "## "):
			kind, text = Heading, text[3:]
		case strings.HasPrefix(text, "- [ ] "):
			kind, text = Clause, text[6:]
		case strings.HasPrefix(text, "- "):
			kind, text = Point, text[2:]
		case len(parts) > 0 && parts[len(parts)-1].Kind != Heading:
			parts[len(parts)-1].Text += " " + text // a wrapped line
			continue
		}
		parts = append(parts, Part{kind, text})
	}
	return parts
}
