package activity

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lessonguard/filter"
)

// read returns the activity of q.Learner in the hours that end after q.Since.
// It opens no file that is not there.
func (d *disk) read(ctx context.Context, q filter.ActivityQuery) (filter.Activity, error) {
	var v view
	if !d.exists() {
		return v.empty(), nil
	}
	err := d.use(ctx, func(tx *sql.Tx) error {
		v = view{tx: tx, now: d.now(), recorded: d.recorded, learner: q.Learner, activity: v.empty()}
		stamp := d.recorded.stamp()
		// Whatever the clock says is too old is not shown, even while it is
		// too early to delete it.
		v.since = max(stamp-(v.now.Unix()-q.Since.Unix())-hour, stamp-int64(Keep/time.Second))
		named, err := v.hours()
		if err != nil {
			return err
		}
		return v.names(named)
	})
	if err != nil {
		return filter.Activity{}, fmt.Errorf("reading activity: %w", err)
	}
	return v.activity, nil
}

// A view is an activity being read.
type view struct {
	tx       *sql.Tx
	now      time.Time
	recorded recorded
	learner  string
	since    int64 // hours that begin after this
	activity filter.Activity
}

func (v *view) empty() filter.Activity {
	return filter.Activity{Counts: map[filter.Category]int{}, Others: map[filter.Reason]int{}, Blocked: []filter.BlockedName{}}
}

// hours reads the counts, and returns how many of them have names.
func (v *view) hours() (named int, err error) {
	rows, err := v.tx.Query(`SELECT hour, reason, category, sum(count), sum(dropped), sum(CASE WHEN name <> '' THEN count ELSE 0 END)
		FROM seen WHERE learner = ? AND hour > ? GROUP BY hour, reason, category ORDER BY hour, reason, category`, v.learner, v.since)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			at                    int64
			c                     filter.HourCount
			reason, category      string
			dropped, countOfNamed int
		)
		if err := rows.Scan(&at, &reason, &category, &c.Count, &dropped, &countOfNamed); err != nil {
			return 0, err
		}
		var known bool
		if c.Reason, c.Category, known = parse(reason, category); !known {
			continue
		}
		c.Hour = v.recorded.wall(v.now, at).Truncate(time.Hour)
		v.activity.Hours = append(v.activity.Hours, c)
		if c.Category != nil {
			v.activity.Counts[*c.Category] += c.Count
		} else {
			v.activity.Others[c.Reason] += c.Count
		}
		v.activity.Dropped += dropped
		named += countOfNamed
	}
	return named, rows.Err()
}

// names reads the names, the latest first. What of the named ones is too much
// for one answer is dropped.
func (v *view) names(named int) error {
	rows, err := v.tx.Query(`SELECT name, reason, category, sum(count), max(last) AS latest
		FROM seen WHERE learner = ? AND hour > ? AND name <> ''
		GROUP BY name, reason, category ORDER BY latest DESC, name LIMIT ?`, v.learner, v.since, maxShown)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			b                      filter.BlockedName
			name, reason, category string
			last                   int64
		)
		if err := rows.Scan(&name, &reason, &category, &b.Count, &last); err != nil {
			return err
		}
		var known bool
		if b.Reason, b.Category, known = parse(reason, category); !known {
			continue
		}
		b.Name, b.Last = filter.Name(name), v.recorded.wall(v.now, last)
		v.activity.Blocked = append(v.activity.Blocked, b)
		named -= b.Count
	}
	v.activity.Dropped += named
	return rows.Err()
}

// parse reads a kind from the file. One that this version does not know is of
// a category that has been given up.
func parse(reason, category string) (r filter.Reason, c *filter.Category, known bool) {
	if err := r.UnmarshalText([]byte(reason)); err != nil || category == "" {
		return r, nil, err == nil
	}
	parsed, err := filter.ParseCategory(category)
	return r, &parsed, err == nil
}
