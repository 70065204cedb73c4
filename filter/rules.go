package filter

import (
	"cmp"
	"net/netip"
	"slices"
)

// RulesConfig is what [NewRules] makes a [Rules] from.
type RulesConfig struct {
	Policy    Policy
	Household Household
	Content   Content
	Lesson    Lesson
	Key       HashKey
	Published Table // the blocklists, hashed with Key
	// Checkup answers the names by which a checkup finds out whether the PC
	// asks us; nil: none.
	Checkup *Checkup
}

// Rules is a policy ready to decide. It never changes, so that a question sees
// all of a change or none of it.
type Rules struct {
	config    RulesConfig
	table     map[uint64]known
	order     []uint16       // indexes in Policy.Rules, grouped by name
	targets   []Name         // safe-search targets
	standIn   [][]netip.Addr // by target: what answers while it cannot be resolved
	levels    []Level        // by audience
	audiences map[string]Audience
	strictest bool    // no audience has anything closed that Strictest has not
	digests   Digests // nil without hashed lists
}

// NewRules makes c ready to decide. c.Policy must have passed [Policy.Check].
func NewRules(c RulesConfig) *Rules {
	r := &Rules{config: c, audiences: map[string]Audience{}}
	if d, ok := c.Published.(Digested); ok {
		r.digests = d.Digests()
	}
	r.addLevels()
	f := &family{key: c.Key, table: map[uint64]known{}}
	f.under(roleProtected, c.Content.Protected...)
	f.only(roleProtected, c.Household.Provider.Hosts()...)
	for n, role := range canaries {
		f.under(role, n)
	}
	f.under(rolePlumbing, c.Content.Plumbing...)
	f.only(rolePlumbing, c.Content.PlumbExact...)
	f.under(roleNetwork, c.Policy.SearchDomains...)
	f.under(roleSensitive, c.Content.Sensitive...)
	f.under(roleUnsafe, c.Content.Unsafe...)
	for _, b := range c.Content.Bundles {
		if slices.Contains(c.Policy.Bundles, b.ID) {
			f.under(roleLesson, b.Names...)
			f.only(roleLesson, b.Exact...)
		}
	}
	f.under(roleProvider, c.Policy.LessonNames...)
	for n, test := range c.Content.Tests {
		f.edit(n, func(k *known) { k.test = test })
	}
	for _, e := range c.Content.Engines {
		target, moderate := r.target(e.Target, e.Addresses), r.target(e.Moderate, e.Addresses)
		if moderate == 0 {
			moderate = target
		}
		for _, host := range e.Hosts {
			f.edit(host, func(k *known) { k.rewrite, k.moderate = target, moderate })
		}
	}
	r.addRules(f)
	r.table = f.table
	return r
}

func (r *Rules) target(n Name, standIn []netip.Addr) uint16 {
	if n == "" {
		return 0
	}
	r.targets, r.standIn = append(r.targets, n), append(r.standIn, standIn)
	return uint16(len(r.targets))
}

// addRules puts the guardian's rules in the table, grouped by name, blocks
// before allows so that a block wins a tie, save with an allow that ends: that
// is an exception to it.
func (r *Rules) addRules(f *family) {
	own := r.config.Policy.Rules[:min(len(r.config.Policy.Rules), maxRules)]
	for i := range own {
		r.order = append(r.order, uint16(i))
	}
	slices.SortStableFunc(r.order, func(a, b uint16) int {
		return cmp.Or(cmp.Compare(own[a].Name, own[b].Name), cmp.Compare(own[a].rank(), own[b].rank()))
	})
	for i, at := range r.order {
		f.edit(own[at].Name, func(k *known) {
			if k.endRule == 0 {
				k.firstRule = uint16(i)
			}
			k.endRule = uint16(i) + 1
		})
	}
}

// rank orders rules on one name: the first that holds decides.
func (r Rule) rank() int {
	switch {
	case r.Allow && !r.Until.IsZero():
		return 0
	case !r.Allow:
		return 1
	}
	return 2
}

// Rewrite returns the name whose addresses answer for a verdict with the given
// Rewrite, which must not be 0.
func (r *Rules) Rewrite(rewrite uint16) Name { return r.targets[rewrite-1] }

// Addresses returns those that answer for a verdict with the given Rewrite, which
// must not be 0, while [Rules.Rewrite] cannot be resolved. There may be none.
func (r *Rules) Addresses(rewrite uint16) []netip.Addr { return r.standIn[rewrite-1] }

// Lesson returns the lesson that r decides with.
func (r *Rules) Lesson() Lesson { return r.config.Lesson }

// Key returns the key of the hashes that r decides on; [Suffixes] must be
// filled with it.
func (r *Rules) Key() HashKey { return r.config.Key }

// Policy returns the policy that r was made from. It must not be changed.
func (r *Rules) Policy() Policy { return r.config.Policy }
