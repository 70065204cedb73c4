package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"lessonguard/filter"
)

// A Library keeps copies of published lists, and brings them up to date.
type Library interface {
	// Lists returns the state of every published list that the policy wants, and
	// of the data file. Of Names it knows those of the copy.
	Lists() ([]filter.ListState, error)
	// Update fetches the lists, compiles them and publishes what comes of it. It
	// calls progress from the goroutine that it was called by.
	Update(ctx context.Context, u filter.ListUpdate, progress func(filter.Progress)) error
}

// errNoLibrary is what an update says where no published lists are kept.
var errNoLibrary = errors.New("this filter keeps no published lists")

// Lists implements [filter.Control].
func (e *Engine) Lists(context.Context) ([]filter.ListState, error) {
	var published []filter.ListState
	if e.config.Library != nil {
		var err error
		if published, err = e.config.Library.Lists(); err != nil {
			return nil, fmt.Errorf("reading the states of lists: %w", err)
		}
	}
	states := []filter.ListState{}
	loaded := map[string]bool{}
	if x := e.now.Load().index; x != nil {
		for _, l := range x.All() {
			loaded[l.ID] = true
			state := filter.ListState{ID: l.ID, Title: l.Title, Names: l.Names, Pages: l.Pages, State: filter.ListLocal}
			for _, p := range published {
				if p.ID == l.ID {
					state = p
					state.Names = l.Names // as they count in the index
				}
			}
			switch {
			case l.Licensed:
				state.State = filter.ListLicensed
			case l.Restricted:
				state.State = filter.ListSample
			case strings.HasPrefix(l.ID, StarterPrefix):
				state.State = filter.ListStarter
			}
			if !l.Restricted {
				state.Category = &l.Category
			}
			states = append(states, state)
		}
	}
	for _, p := range published {
		if !loaded[p.ID] {
			states = append(states, p)
		}
	}
	return states, nil
}

// UpdateLists implements [filter.Control].
func (e *Engine) UpdateLists(ctx context.Context, u filter.ListUpdate) iter.Seq2[filter.Progress, error] {
	return func(yield func(filter.Progress, error) bool) {
		if e.config.Library == nil {
			yield(filter.Progress{}, errNoLibrary)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ended := false
		err := e.config.Library.Update(ctx, u, func(p filter.Progress) {
			if !ended && !yield(p, nil) {
				ended = true
				cancel()
			}
		})
		switch {
		case ended:
		case err != nil:
			yield(filter.Progress{}, fmt.Errorf("updating lists: %w", err))
		case u.Accept != "":
			e.record(filter.CallerFrom(ctx).Account, fmt.Sprintf("The list %s was taken, although it had changed much.", u.Accept))
		}
	}
}
