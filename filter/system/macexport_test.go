package system

// What the tests of the plans for macOS reach.
var (
	PlanScutil   = planScutil
	HeldByScutil = heldByScutil
	PlanPF       = planPF
	ReadPFToken  = readPFToken
)

const (
	MacKey       = macKey
	MacAnchor    = macAnchor
	ScutilRemove = scutilRemove
)

// WithoutUs is what Discover says on a PC that is hooked, or is not.
func WithoutUs(n Network, hooked bool) Network {
	return n.withoutUs(func() bool { return hooked })
}
