// Package store keeps the messages of a platform, in SQLite for one computer or
// in PostgreSQL for more. They stay sealed in it, and what else it holds of them
// is when they came, from which family, by which path, and whether they were
// opened.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver

	"lessonguard/resources/inbox"
)

// SQLite is a store in one file. Several processes may have it open.
type SQLite struct{ base }

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
	s := &SQLite{base{db: db, bind: func(query string) string { return query }}}
	s.clear = s.truncate
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

// truncate empties the log of changes, which still holds what was erased; the
// file itself is overwritten (secure_delete).
func (s *SQLite) truncate(ctx context.Context) error {
	var busy, log, moved int
	// Busy: somebody reads just now, and the next checkpoint writes over it.
	return s.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
}
