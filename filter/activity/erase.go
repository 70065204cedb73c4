package activity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// tidy reads the clock and deletes what has expired, if an hour of recorded
// time has passed or the clock was changed. It opens no file that is not there.
func (d *disk) tidy(ctx context.Context) error {
	if err := d.removeAside(false); err != nil {
		return fmt.Errorf("deleting old activity: %w", err)
	}
	if !d.exists() {
		return nil
	}
	fresh := d.db == nil
	if err := d.open(ctx); err != nil && !isDamaged(err) {
		return fmt.Errorf("opening activity: %w", err)
	}
	d.readClock()
	// Up to and with the hour that began seven days ago: what is kept is at
	// most that old at any moment.
	now := d.recorded.at - d.recorded.at%hour
	if !fresh && !d.changed && now == d.tidied && !d.traces {
		return nil
	}
	err := d.use(ctx, func(tx *sql.Tx) error {
		if !d.recorded.doubted() {
			if err := d.followClock(tx); err != nil {
				return err
			}
		}
		done, err := tx.Exec(`DELETE FROM seen WHERE hour <= ?`, d.recorded.at-int64(Keep/time.Second))
		if err != nil {
			return err
		}
		if rows, err := done.RowsAffected(); err != nil {
			return err
		} else if rows > 0 {
			if err := d.rewrite(tx); err != nil {
				return err
			}
		}
		return d.saveClock(tx)
	})
	if err == nil {
		err = d.purge(ctx)
	}
	if err != nil {
		return fmt.Errorf("deleting old activity: %w", err)
	}
	d.tidied, d.changed, d.troubled = now, false, false
	return nil
}

// followClock moves rows that were stamped by a clock that went ahead and came
// back to now. That is at most the running time until it would have been
// believed after they were made, so they stay about as old as they are.
func (d *disk) followClock(tx *sql.Tx) error {
	at := d.recorded.at
	_, err := tx.Exec(`INSERT INTO seen
		SELECT learner, ?1 - ?1 % ?2, reason, category, name, sum(count), sum(dropped), ?1 FROM seen
		WHERE hour > ?1 GROUP BY learner, reason, category, name
		ON CONFLICT DO UPDATE SET count = count + excluded.count, dropped = dropped + excluded.dropped, last = excluded.last`, at, hour)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM seen WHERE hour > ?`, at); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE seen SET last = ?1 WHERE last > ?1`, at)
	return err
}

// forget deletes everything about a learner.
func (d *disk) forget(ctx context.Context, learner string) error {
	var err error
	if d.exists() {
		err = d.use(ctx, func(tx *sql.Tx) error {
			if _, err := tx.Exec(`DELETE FROM seen WHERE learner = ?`, learner); err != nil {
				return err
			}
			return d.rewrite(tx)
		})
		if err == nil {
			err = d.purge(ctx)
		}
	}
	if err = errors.Join(err, d.removeAside(true)); err != nil {
		return fmt.Errorf("forgetting activity: %w", err)
	}
	return nil
}

// rewrite copies what has not been deleted. SQLite overwrites deleted rows
// (secure_delete), but not the copies of them that it leaves in the unused part
// of a page whenever it moves rows from there to the next: one name in some
// thousands would stay. The pages of a dropped table are overwritten whole. A
// VACUUM would do it too, but holds all of the file in memory.
func (d *disk) rewrite(tx *sql.Tx) error {
	_, err := tx.Exec(`CREATE TABLE rewritten` + columns + `
		INSERT INTO rewritten SELECT * FROM seen ORDER BY learner, hour, reason, category, name;
		DROP TABLE seen;
		ALTER TABLE rewritten RENAME TO seen;`)
	d.traces = true
	return err
}

// purge takes what was deleted out of the files: out of the main one by
// shortening it, out of the log by emptying it.
func (d *disk) purge(ctx context.Context) error {
	if _, err := d.db.ExecContext(ctx, `PRAGMA incremental_vacuum`); err != nil {
		return err
	}
	var busy, frames, moved int
	if err := d.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return errors.New("another program is reading the file")
	}
	d.traces = false
	return nil
}
