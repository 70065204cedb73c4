package filter

import (
	"net/netip"
	"net/url"
)

// Content is what the program itself knows of names: the data that ships with
// it, or came signed. It is the same for every family.
type Content struct {
	Protected  []Name // help services
	Sensitive  []Name // sensitive support: never blocked by a list, never recorded
	Plumbing   []Name // with everything under them
	PlumbExact []Name // these alone
	Bundles    []Bundle
	Engines    []Engine
	Unsafe     []Name // search engines that cannot be made safe
	Tests      map[Name]Categories
}

// A Bundle is all names that one lesson site needs, allowed together.
type Bundle struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Names []Name   `json:"names"` // with everything under them
	Exact []Name   `json:"exact"` // these alone
	Why   []string `json:"-"`
}

// An Engine is a search engine that answers safely at another name.
type Engine struct {
	ID       string
	Hosts    []Name // exact host names
	Target   Name   // whose addresses are answered instead
	Moderate Name   // of YouTube's moderate setting; empty: none
	// Addresses answer while Target cannot be resolved; there may be none.
	Addresses []netip.Addr
}

// roles are what the family table says of a name.
type roles uint16

const (
	roleProtected roles = 1 << iota
	rolePlumbing
	roleNetwork // a search domain that the network gave
	roleSensitive
	roleLesson   // of a bundle of ours
	roleProvider // that the provider names for its lessons
	roleUnsafe
	roleCanaryNoName
	roleCanaryNoData
)

// A known is one entry of the family table.
type known struct {
	under, only roles
	test        Categories
	rewrite     uint16 // 1 + index in Rules.targets; exact only
	moderate    uint16
	firstRule   uint16 // own rules on exactly this name, Rules.order[firstRule:endRule]
	endRule     uint16
}

const maxRules = 5000

// canaries are the questions by which software asks whether to go round the
// system's resolver: Firefox, iCloud Private Relay, and DDR (RFC 9462).
var canaries = map[Name]roles{
	"use-application-dns.net": roleCanaryNoName,
	"mask.icloud.com":         roleCanaryNoName,
	"mask-h2.icloud.com":      roleCanaryNoName,
	"resolver.arpa":           roleCanaryNoData,
}

// family builds the table from what is known of names. Later calls add to
// what earlier ones put there.
type family struct {
	key   HashKey
	table map[uint64]known
	probe Suffixes
}

// edit changes the entry of n.
func (f *family) edit(n Name, change func(*known)) {
	f.key.Text(n, &f.probe)
	if f.probe.Len() == 0 || !f.probe.Whole(f.probe.Len()-1) {
		return // deeper than any name is looked up
	}
	h := f.probe.Hash(f.probe.Len() - 1)
	k := f.table[h]
	change(&k)
	f.table[h] = k
}

func (f *family) under(role roles, names ...Name) {
	for _, n := range names {
		f.edit(n, func(k *known) { k.under |= role })
	}
}

func (f *family) only(role roles, names ...Name) {
	for _, n := range names {
		f.edit(n, func(k *known) { k.only |= role })
	}
}

func hostOf(address string) (Name, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	n, err := ParseName(u.Hostname())
	return n, err == nil
}
