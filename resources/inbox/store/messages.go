package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lessonguard/resources/inbox"
)

// A base is what the stores have in common: the queries, which are written for
// SQLite.
type base struct {
	db *sql.DB
	// bind makes a query of the database's own: of the places for arguments.
	bind func(query string) string
	// lock ends a query that reads what the same transaction changes.
	lock string
	// clear does what the database needs so that erased things are gone.
	clear func(context.Context) error
}

// Close closes the store.
func (s *base) Close() error { return s.db.Close() }

func (s *base) inTx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return asDamaged(err)
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

const columns = "seq, id, class, household, received, opened, sealed"

// A row is a *sql.Row or one of *sql.Rows.
type row interface{ Scan(...any) error }

func scan(r row) (inbox.Kept, error) {
	var k inbox.Kept
	var received, opened int64
	err := r.Scan(&k.Seq, &k.ID, &k.Class, &k.Household, &received, &opened, &k.Sealed)
	k.Received, k.Opened = at(received), at(opened)
	return k, err
}

func at(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// Keep keeps a message.
func (s *base) Keep(ctx context.Context, k inbox.Kept) (kept inbox.Kept, isNew bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		kept, err = scan(tx.QueryRowContext(ctx, s.bind("INSERT INTO messages (id, class, household, received, sealed) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING "+columns),
			k.ID, string(k.Class), k.Household, k.Received.Unix(), k.Sealed))
		if err == nil {
			isNew = true
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		kept, err = scan(tx.QueryRowContext(ctx, s.bind("SELECT "+columns+" FROM messages WHERE id = ?"), k.ID))
		if err == nil && (kept.Household != k.Household || kept.Class != k.Class || !bytes.Equal(kept.Sealed, k.Sealed)) {
			return inbox.ErrConflict
		}
		return err
	})
	if err != nil {
		return inbox.Kept{}, false, fmt.Errorf("keeping message: %w", err)
	}
	return kept, isNew, nil
}

// Get returns a message.
func (s *base) Get(ctx context.Context, id string) (inbox.Kept, error) {
	k, err := scan(s.db.QueryRowContext(ctx, s.bind("SELECT "+columns+" FROM messages WHERE id = ?"), id))
	if err != nil {
		return inbox.Kept{}, fmt.Errorf("reading message: %w", orNotFound(err))
	}
	return k, nil
}

// Before returns messages, newest first.
func (s *base) Before(ctx context.Context, seq int64, n int) ([]inbox.Kept, error) {
	rows, err := s.db.QueryContext(ctx, s.bind("SELECT "+columns+" FROM messages WHERE seq < ? ORDER BY seq DESC LIMIT ?"), seq, n)
	if err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	defer rows.Close()
	var all []inbox.Kept
	for rows.Next() {
		k, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("reading messages: %w", err)
		}
		all = append(all, k)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	return all, nil
}

// MarkOpened notes when a message was first opened.
func (s *base) MarkOpened(ctx context.Context, id string, t time.Time) error {
	if _, err := s.Get(ctx, id); err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, s.bind("UPDATE messages SET opened = ? WHERE id = ? AND opened = 0"), t.Unix(), id); err != nil {
		return fmt.Errorf("marking message as opened: %w", err)
	}
	return nil
}

func orNotFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return inbox.ErrNotFound
	}
	return err
}
