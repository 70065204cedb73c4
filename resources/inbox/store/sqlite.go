// Package store keeps the messages of a platform in SQLite. They stay sealed in
// it, and what else it holds of them is when they came, from which family, by
// which path, and whether they were opened.
package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver

	"lessonguard/resources/inbox"
)

// SQLite is a store in one file. Several processes may have it open.
type SQLite struct{ db *sql.DB }

var _ inbox.Store = (*SQLite)(nil)

// ErrDamaged says that the file is not a whole SQLite database.
var ErrDamaged = errors.New("the message store is damaged")

// ErrVersion says that the file was written by another version of the program.
var ErrVersion = errors.New("the message store was written by another version of the program")

const (
	version = 1
	// application marks the file as ours (PRAGMA application_id): "LGpf".
	application = 0x4c477066
)

const schema = `
CREATE TABLE messages (
	seq       INTEGER PRIMARY KEY AUTOINCREMENT,
	id        TEXT NOT NULL UNIQUE,
	class     TEXT NOT NULL,
	household TEXT NOT NULL,
	received  INTEGER NOT NULL, -- seconds since 1970
	opened    INTEGER NOT NULL DEFAULT 0,
	sealed    BLOB NOT NULL
) STRICT;
CREATE TABLE households (id TEXT PRIMARY KEY, label TEXT NOT NULL, joined INTEGER NOT NULL) STRICT;
CREATE TABLE tokens (hash BLOB PRIMARY KEY, household TEXT NOT NULL REFERENCES households, scope TEXT NOT NULL) STRICT;
CREATE TABLE invites (
	hash      BLOB PRIMARY KEY,
	label     TEXT NOT NULL,
	ends      INTEGER NOT NULL,
	attempt   TEXT NOT NULL DEFAULT '',
	household TEXT NOT NULL DEFAULT ''
) STRICT;
`

// OpenSQLite opens the file at path, or makes it. It checks the whole of it.
func OpenSQLite(ctx context.Context, path string) (*SQLite, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening message store: %w", err)
	}
	// SQLite gives its own files beside the mode of this one.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening message store: %w", err)
	}
	f.Close()
	query := url.Values{
		// FULL: an answered message survives the loss of power, in WAL mode too.
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)"},
		"_txlock": {"immediate"},
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("opening message store: %w", err)
	}
	s := &SQLite{db}
	if err := s.prepare(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("opening message store %s: %w", path, err)
	}
	return s, nil
}

func (s *SQLite) prepare(ctx context.Context) error {
	var check string
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&check); err != nil {
		return asDamaged(err)
	}
	if check != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, check)
	}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		var app, v, tables int
		if err := errors.Join(
			tx.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app),
			tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v),
			tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables),
		); err != nil {
			return err
		}
		switch {
		case app == application && v == version:
			return nil
		case app == application:
			return fmt.Errorf("%w: it is %d, this one reads %d", ErrVersion, v, version)
		case tables > 0:
			return fmt.Errorf("%w: it belongs to something else", ErrVersion)
		}
		_, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", application, version))
		return err
	})
}

// Close closes the file.
func (s *SQLite) Close() error { return s.db.Close() }

func (s *SQLite) inTx(ctx context.Context, f func(*sql.Tx) error) error {
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
func (s *SQLite) Keep(ctx context.Context, k inbox.Kept) (kept inbox.Kept, isNew bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		kept, err = scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM messages WHERE id = ?", k.ID))
		switch {
		case err == nil && kept.Household == k.Household && kept.Class == k.Class && bytes.Equal(kept.Sealed, k.Sealed):
			return nil
		case err == nil:
			return inbox.ErrConflict
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		isNew = true
		kept, err = scan(tx.QueryRowContext(ctx, "INSERT INTO messages (id, class, household, received, sealed) VALUES (?, ?, ?, ?, ?) RETURNING "+columns,
			k.ID, k.Class, k.Household, k.Received.Unix(), k.Sealed))
		return err
	})
	if err != nil {
		return inbox.Kept{}, false, fmt.Errorf("keeping message: %w", err)
	}
	return kept, isNew, nil
}

// Get returns a message.
func (s *SQLite) Get(ctx context.Context, id string) (inbox.Kept, error) {
	k, err := scan(s.db.QueryRowContext(ctx, "SELECT "+columns+" FROM messages WHERE id = ?", id))
	if err != nil {
		return inbox.Kept{}, fmt.Errorf("reading message: %w", orNotFound(err))
	}
	return k, nil
}

// Before returns messages, newest first.
func (s *SQLite) Before(ctx context.Context, seq int64, n int) ([]inbox.Kept, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+columns+" FROM messages WHERE seq < ? ORDER BY seq DESC LIMIT ?", seq, n)
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
func (s *SQLite) MarkOpened(ctx context.Context, id string, t time.Time) error {
	if _, err := s.Get(ctx, id); err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, "UPDATE messages SET opened = ? WHERE id = ? AND opened = 0", t.Unix(), id); err != nil {
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
