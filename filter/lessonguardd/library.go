package main

import (
	"path/filepath"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
)

// closed returns every category that a policy closes for somebody at some time.
func closed(p filter.Policy) filter.Categories {
	all := p.Level.Closed | p.Level.ClosedInLessons
	for _, l := range p.Learners {
		all |= l.Closed | l.ClosedInLessons
	}
	if p.Guardians != nil {
		all |= p.Guardians.Closed | p.Guardians.ClosedInLessons
	}
	return all
}

// Lists implements [engine.Library].
func (c *compiler) Lists() ([]filter.ListState, error) {
	known, refused := c.judged()
	wanted, err := wantedLists(known, c.catalogue, closed(c.engine().Now().Policy()))
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(c.dir, listFolder)
	states, err := catalogue.States(folder, append(wanted, catalogue.Published{ID: filter.DataFile}), time.Now())
	if err != nil {
		return nil, err
	}
	all := []filter.ListState{c.dataState(known, refused, states[len(wanted)])}
	for i, l := range wanted {
		s := states[i]
		all = append(all, filter.ListState{
			ID: l.ID, Title: l.Title, Category: &l.Category, Names: s.Names, Fetched: s.Fetched, State: string(s.Condition),
			Why: oneLine(s.Why), Changed: s.Refused > 0,
		})
	}
	return all, nil
}

// dataState is the state of the data file; refused is why it is not in force.
func (c *compiler) dataState(known catalogue.Known, refused error, s catalogue.State) filter.ListState {
	data := filter.ListState{ID: filter.DataFile, Title: "Lessonguard's own data", State: filter.ListBuiltIn, Fetched: s.Fetched}
	switch {
	case len(c.data.Keys) == 0:
		data.Why = "this copy of Lessonguard has no release key, so newer data is never fetched: what came with it is in force"
	case s.Condition == catalogue.Failed:
		data.State, data.Why = filter.ListFailed, oneLine(s.Why)
	case refused != nil:
		data.State, data.Why = filter.ListFailed, oneLine(refused.Error())
	case known.Updated:
		data.State = string(s.Condition)
	}
	return data
}
