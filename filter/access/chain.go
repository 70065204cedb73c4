package access

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// An entry is one line of the audit log, as JSON.
type entry struct {
	N       uint64    `json:"n"` // counts from 1
	At      time.Time `json:"at"`
	Account string    `json:"account,omitempty"`
	What    string    `json:"what"`
	Prev    string    `json:"prev"`           // SHA-256 of the line before, hex, without its end
	Lost    uint64    `json:"lost,omitempty"` // entries that should be before this one
	Gap     bool      `json:"gap,omitempty"`  // it says that the log was damaged
}

// A link is a place in the chain: the number of a line, and its hash.
type link struct {
	n    uint64
	hash [sha256.Size]byte
}

// A line is an entry and its place.
type line struct {
	link
	entry
}

// A chain is what one file holds.
type chain struct {
	from    link // what the first line follows
	lines   []line
	whole   int64 // bytes of the lines
	damaged bool  // by more than a line that was cut off at the end
}

// end returns the place of the last line.
func (c chain) end() link {
	if len(c.lines) == 0 {
		return c.from
	}
	return c.lines[len(c.lines)-1].link
}

// parseChain reads lines for as long as each follows the one before. The first
// may follow anything where from is the zero link: what was before it has gone
// with an older file.
func parseChain(data []byte, from link) chain {
	c := chain{from: from}
	for len(data) > 0 {
		text, rest, whole := bytes.Cut(data, []byte{'\n'})
		if !whole {
			return c
		}
		l := line{link: link{hash: hashOf(text)}}
		if json.Unmarshal(text, &l.entry) != nil {
			c.damaged = true
			return c
		}
		l.n = l.N
		if last := c.end(); last.n > 0 && (l.Prev != hex.EncodeToString(last.hash[:]) || l.N != last.n+1+l.Lost) {
			c.damaged = true
			return c
		}
		c.lines, c.whole, data = append(c.lines, l), c.whole+int64(len(text))+1, rest
	}
	return c
}

func hashOf(text []byte) [sha256.Size]byte { return sha256.Sum256(text) }

// readHead returns how far the log had come, and whether that is known.
func (a *Audit) readHead() (head link, found bool) {
	data, err := os.ReadFile(a.head)
	if err != nil {
		return link{}, false
	}
	var hash []byte
	if _, err := fmt.Sscanf(string(data), "%d %x\n", &head.n, &hash); err != nil || len(hash) != sha256.Size {
		return link{}, false
	}
	head.hash = [sha256.Size]byte(hash)
	return head, true
}

// writeHead keeps how far the log has come. It is one sector, written in place
// after the line is on the disk, and not flushed: after a power cut it is of an
// earlier line, which the log holds too.
func (a *Audit) writeHead() error {
	f, err := os.OpenFile(a.head, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%020d %x\n", a.end.n, a.end.hash)
	return errors.Join(err, f.Close())
}
