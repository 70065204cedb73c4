package system

import "context"

// What the tests of the pure parts of hooks reach.
var (
	NftRules    = nftRules
	OpenJournal = openJournal
)

// A FakeHook is a candidate of which only the name and why it is not possible
// matter.
type FakeHook struct {
	Hook
	Called string
	Why    error
}

// Name returns what the hook is called.
func (h FakeHook) Name() string { return h.Called }

func (h FakeHook) possible(context.Context) error { return h.Why }

// FirstOf is [Choose] among hooks.
func FirstOf(ctx context.Context, hooks []FakeHook, names ...string) (Hook, error) {
	var candidates []candidate
	for _, h := range hooks {
		candidates = append(candidates, h)
	}
	return first(ctx, candidates, names)
}
