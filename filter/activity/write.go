package activity

import (
	"context"
	"database/sql"
	"fmt"

	"lessonguard/filter"
)

// Bounds of the file and of an answer. A program that asks for one made-up name
// after another must not fill the disk, nor push a learner's other hours out.
const (
	maxHourNames = 250  // names of one learner in an hour
	maxShown     = 1000 // names in an answer
)

// write adds what is in b to the file.
func (d *disk) write(ctx context.Context, b *buffer) error {
	err := d.use(ctx, func(tx *sql.Tx) error {
		w, err := newWriter(tx, d.recorded.stamp())
		if err != nil {
			return err
		}
		for i := range b.names {
			e := &b.entries[i]
			// The bytes came from the network: what is no name anybody could
			// look up is counted, and stays out of screens.
			n, err := filter.ParseName(string(e.name[:e.size]))
			if err != nil {
				n = ""
			}
			if err := w.add(e.learner, e.kind, n); err != nil {
				return err
			}
		}
		for i := range b.who {
			t := &b.tallies[i]
			for k, count := range t.count {
				if count == 0 {
					continue
				}
				if err := w.count(t.learner, kind(k), "", count, t.dropped[k]); err != nil {
					return err
				}
			}
		}
		return d.saveClock(tx)
	})
	if err != nil {
		return fmt.Errorf("writing activity: %w", err)
	}
	d.troubled = false
	return nil
}

// A writer writes the rows of one hour.
type writer struct {
	tx             *sql.Tx
	again, another *sql.Stmt // end with tx
	stamp, hour    int64
	names          map[string]int // by learner: names in the file for this hour
}

func newWriter(tx *sql.Tx, stamp int64) (*writer, error) {
	again, err := tx.Prepare(`UPDATE seen SET count = count + 1, last = ?
		WHERE learner = ? AND hour = ? AND reason = ? AND category = ? AND name = ?`)
	if err != nil {
		return nil, err
	}
	another, err := tx.Prepare(`INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET count = count + excluded.count, dropped = dropped + excluded.dropped, last = excluded.last`)
	if err != nil {
		return nil, err
	}
	return &writer{tx: tx, again: again, another: another, stamp: stamp, hour: stamp - stamp%hour, names: map[string]int{}}, nil
}

// add counts one block of a name; "" is of none.
func (w *writer) add(learner string, k kind, n filter.Name) error {
	if n == "" {
		return w.count(learner, k, n, 1, 0)
	}
	done, err := w.again.Exec(w.stamp, learner, w.hour, k.reason().String(), k.category(), string(n))
	if err != nil {
		return err
	}
	if rows, err := done.RowsAffected(); err != nil || rows > 0 {
		return err
	}
	have, ok := w.names[learner]
	if !ok {
		err := w.tx.QueryRow(`SELECT count(*) FROM seen WHERE learner = ? AND hour = ? AND name <> ''`, learner, w.hour).Scan(&have)
		if err != nil {
			return err
		}
	}
	if have >= maxHourNames {
		w.names[learner] = have
		return w.count(learner, k, "", 1, 1)
	}
	w.names[learner] = have + 1
	return w.count(learner, k, n, 1, 0)
}

func (w *writer) count(learner string, k kind, n filter.Name, count, dropped uint32) error {
	_, err := w.another.Exec(learner, w.hour, k.reason().String(), k.category(), string(n), count, dropped, w.stamp)
	return err
}
