package filter

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"
)

// CheckupParent is what the names lie under that only the running service can
// answer. It is in test and not in invalid, which RFC 6761 reserves alike:
// systemd-resolved answers invalid itself, and would never ask us.
const CheckupParent Name = "check.lessonguard.test"

// RestrictedTestName is closed as what is on a restricted list is, whether one
// is loaded or not.
const RestrictedTestName Name = "restricted" + testParent

// testParent is what the names end in by which a checkup asks for a category;
// assets/lists/testnames.tsv lists them.
const testParent = ".category.lessonguard.test"

// TestName returns the name by which a checkup finds out whether c is closed.
func (c Category) TestName() Name { return Name(c.String() + testParent) }

// checkupPart is how many bytes of a hash are in a label, twice.
const checkupPart = 12

// A Checkup makes names that can be resolved through one run of the service and
// nowhere else, so that a checkup finds out whether it is the service that the
// PC asks. It remembers none of them: each carries the proof of where it comes
// from.
type Checkup struct{ key [32]byte }

// NewCheckup returns the Checkup of a random key, which nobody else may know.
func NewCheckup(random [32]byte) *Checkup { return &Checkup{random} }

// Name returns the name that answers a caller's nonce, and the address that it
// resolves to.
func (c *Checkup) Name(nonce string) (Name, netip.Addr) {
	made := c.sum("nonce", []byte(nonce))[:checkupPart]
	label := hex.EncodeToString(append(made, c.sum("label", made)[:checkupPart]...))
	return Name(label) + "." + CheckupParent, c.address(made)
}

// Address returns the address that the name in s resolves to, if c made it.
func (c *Checkup) Address(s *Suffixes) (netip.Addr, bool) {
	label, ok := strings.CutSuffix(s.Name(), "."+string(CheckupParent))
	both, err := hex.DecodeString(label)
	if !ok || err != nil || len(both) != 2*checkupPart {
		return netip.Addr{}, false
	}
	made, proof := both[:checkupPart], both[checkupPart:]
	if !hmac.Equal(proof, c.sum("label", made)[:checkupPart]) {
		return netip.Addr{}, false
	}
	return c.address(made), true
}

// address is in 198.18.0.0/15, which no network uses (RFC 2544), and which
// routers that refuse private addresses let by.
func (c *Checkup) address(made []byte) netip.Addr {
	sum := c.sum("address", made)
	return netip.AddrFrom4([4]byte{198, 18 + sum[0]&1, sum[1], sum[2]})
}

func (c *Checkup) sum(of string, data []byte) []byte {
	h := hmac.New(sha256.New, c.key[:])
	h.Write([]byte(of + "\x00")) // never fails (hash.Hash)
	h.Write(data)
	return h.Sum(nil)
}

// Checkup returns the address of a name that [Checkup.Name] made. It costs next
// to nothing for any other.
func (r *Rules) Checkup(s *Suffixes) (netip.Addr, bool) {
	if r.config.Checkup == nil || s.Len() != 4 || string(s.Suffix(2)) != string(CheckupParent) {
		return netip.Addr{}, false
	}
	return r.config.Checkup.Address(s)
}
