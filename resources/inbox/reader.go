package inbox

import (
	"context"
	"errors"
	"math"
	"sync"

	"lessonguard/resources"
	"lessonguard/resources/seal"
)

// A reader opens what its keys open. It remembers in memory which messages it
// cannot, so that a page does not try them all again.
type reader struct {
	store Store
	keys  []seal.Identity

	mu      sync.Mutex
	foreign map[string]bool // ids
}

func newReader(store Store, keys []seal.Identity) *reader {
	return &reader{store: store, keys: keys, foreign: map[string]bool{}}
}

// pageSize is how many messages are on one page.
const pageSize = 50

// page returns the messages kept before the one with the id ("" or one that is
// not for this reader: the newest), and the id that the next page is before. The
// numbers by which the store keeps them stay inside: their gaps would tell one
// reader how many there are for the other.
func (r *reader) page(ctx context.Context, before string) (items []item, older string, err error) {
	seq := int64(math.MaxInt64)
	if resources.ValidID(before) {
		switch i, err := r.message(ctx, before); {
		case err == nil:
			seq = i.Seq
		case !errors.Is(err, ErrNotFound) && !errors.Is(err, resources.ErrNotForUs):
			return nil, "", err
		}
	}
	labels, err := r.labels(ctx)
	if err != nil {
		return nil, "", err
	}
	for {
		some, err := r.store.Before(ctx, seq, pageSize)
		if err != nil {
			return nil, "", err
		}
		for _, k := range some {
			seq = k.Seq
			i, err := r.open(k, labels)
			if errors.Is(err, resources.ErrNotForUs) {
				continue
			}
			if len(items) == pageSize {
				return items, items[pageSize-1].ID, nil
			}
			items = append(items, i)
		}
		if len(some) < pageSize {
			return items, "", nil
		}
	}
}

// message returns one message, [ErrNotFound] or [resources.ErrNotForUs].
func (r *reader) message(ctx context.Context, id string) (item, error) {
	k, err := r.store.Get(ctx, id)
	if err != nil {
		return item{}, err
	}
	labels, err := r.labels(ctx)
	if err != nil {
		return item{}, err
	}
	return r.open(k, labels)
}

func (r *reader) labels(ctx context.Context) (map[string]string, error) {
	all, err := r.store.Households(ctx)
	labels := map[string]string{}
	for _, h := range all {
		labels[h.ID] = h.Label
	}
	return labels, err
}

// open opens one message; its only error is [resources.ErrNotForUs]. One that
// is for us and damaged is shown as that: a report must not vanish.
func (r *reader) open(k Kept, labels map[string]string) (item, error) {
	r.mu.Lock()
	foreign := r.foreign[k.ID]
	r.mu.Unlock()
	if foreign {
		return item{}, resources.ErrNotForUs
	}
	e, err := seal.Open(r.keys, k.Sealed)
	if errors.Is(err, resources.ErrNotForUs) || err == nil && e.Kind == kindCover {
		r.mu.Lock()
		r.foreign[k.ID] = true
		r.mu.Unlock()
		return item{}, resources.ErrNotForUs
	}
	return newItem(k, labels[k.Household], e, err), nil
}
