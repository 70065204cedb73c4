package checkup

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"unicode/utf16"
)

// Bounds on a property list: one of settings is flat.
const (
	maxPlistDepth = 4
	maxPlistKeys  = 4096
	maxPlistText  = 4096 // letters; many keys may refer to one text
)

var errPlist = errors.New("reading property list: it is damaged")

// parsePlist returns the strings, truth values and dictionaries of a macOS
// property list whose top is a dictionary. Everything else in it is left out.
func parsePlist(data []byte) (map[string]any, error) {
	if bytes.HasPrefix(data, []byte("bplist0")) {
		return parseBinaryPlist(data)
	}
	return parseXMLPlist(data)
}

// parseXMLPlist reads the form that people write.
func parseXMLPlist(data []byte) (map[string]any, error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		t, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errPlist, err)
		}
		if start, ok := t.(xml.StartElement); ok && start.Name.Local == "dict" {
			return xmlDict(dec, maxPlistDepth)
		}
	}
}

func xmlDict(dec *xml.Decoder, depth int) (map[string]any, error) {
	if depth == 0 {
		return nil, errPlist
	}
	dict, key := map[string]any{}, ""
	for {
		t, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errPlist, err)
		}
		if _, ok := t.(xml.EndElement); ok {
			return dict, nil
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		var text string
		switch start.Name.Local {
		case "key":
			err = dec.DecodeElement(&key, &start)
		case "string":
			err = dec.DecodeElement(&text, &start)
			dict[key] = text
		case "true", "false":
			err = dec.Skip()
			dict[key] = start.Name.Local == "true"
		case "dict":
			dict[key], err = xmlDict(dec, depth-1)
		default:
			err = dec.Skip()
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errPlist, err)
		}
	}
}

// A bplist is the form that programs write: objects, a table of where each is,
// and a trailer (CFBinaryPList.c).
type bplist struct {
	data     []byte
	offsets  []byte // the table
	offset   int    // bytes of an entry in it
	ref      int    // bytes of a reference to an object
	keysLeft int
}

const bplistTrailer = 32

func parseBinaryPlist(data []byte) (map[string]any, error) {
	if len(data) < 8+bplistTrailer {
		return nil, errPlist
	}
	trailer := data[len(data)-bplistTrailer:]
	p := bplist{data: data[:len(data)-bplistTrailer], offset: int(trailer[6]), ref: int(trailer[7]), keysLeft: maxPlistKeys}
	objects, top, table := binary.BigEndian.Uint64(trailer[8:]), binary.BigEndian.Uint64(trailer[16:]), binary.BigEndian.Uint64(trailer[24:])
	size := uint64(len(p.data))
	if p.offset < 1 || p.offset > 8 || p.ref < 1 || p.ref > 8 || table > size || objects > (size-table)/uint64(p.offset) {
		return nil, errPlist
	}
	p.offsets = p.data[table : table+objects*uint64(p.offset)]
	v, err := p.object(top, maxPlistDepth)
	if err != nil {
		return nil, err
	}
	dict, ok := v.(map[string]any)
	if !ok {
		return nil, errPlist
	}
	return dict, nil
}

// object returns an object, or nil for one of a kind that is left out.
func (p *bplist) object(number uint64, depth int) (any, error) {
	if depth == 0 || number >= uint64(len(p.offsets)/p.offset) {
		return nil, errPlist
	}
	at := bigEndian(p.offsets[int(number)*p.offset:][:p.offset])
	if at >= uint64(len(p.data)) {
		return nil, errPlist
	}
	marker, rest := p.data[at], p.data[at+1:]
	switch marker {
	case 0x08, 0x09:
		return marker == 0x09, nil
	}
	kind := marker >> 4
	if kind != 0x5 && kind != 0x6 && kind != 0xD {
		return nil, nil
	}
	count, rest, err := length(marker&0xF, rest)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == 0xD:
		return p.dict(count, rest, depth)
	case count > maxPlistText:
		return nil, nil
	case kind == 0x5 && count <= len(rest):
		return string(rest[:count]), nil
	case kind == 0x6 && count <= len(rest)/2:
		units := make([]uint16, count)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(rest[2*i:])
		}
		return string(utf16.Decode(units)), nil
	}
	return nil, errPlist
}

func (p *bplist) dict(count int, rest []byte, depth int) (map[string]any, error) {
	if p.keysLeft -= count; p.keysLeft < 0 || count > len(rest)/(2*p.ref) {
		return nil, errPlist
	}
	dict := map[string]any{}
	for i := range count {
		key, err := p.object(bigEndian(rest[i*p.ref:][:p.ref]), depth-1)
		if err != nil {
			return nil, err
		}
		value, err := p.object(bigEndian(rest[(count+i)*p.ref:][:p.ref]), depth-1)
		if err != nil {
			return nil, err
		}
		if name, ok := key.(string); ok && value != nil {
			dict[name] = value
		}
	}
	return dict, nil
}

// length returns how many there are of what follows: it is in the marker, or in
// a number after it.
func length(short byte, rest []byte) (int, []byte, error) {
	if short != 0xF {
		return int(short), rest, nil
	}
	if len(rest) == 0 || rest[0]>>4 != 0x1 || rest[0]&0xF > 3 {
		return 0, nil, errPlist
	}
	size := 1 << (rest[0] & 0xF)
	if len(rest) < 1+size {
		return 0, nil, errPlist
	}
	n := bigEndian(rest[1:][:size])
	if n > maxPolicy {
		return 0, nil, errPlist
	}
	return int(n), rest[1+size:], nil
}

func bigEndian(data []byte) (n uint64) {
	for _, b := range data {
		n = n<<8 | uint64(b)
	}
	return n
}
