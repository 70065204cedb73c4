package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"lessonguard/resources/inbox"
)

// Postgres is a store in PostgreSQL, for a platform that runs on more than one
// computer.
type Postgres struct{ base }

var _ inbox.Store = (*Postgres)(nil)

// Sequences are not gone back on, so that a number is never used twice, as with
// AUTOINCREMENT.
const postgresSchema = `
CREATE TABLE lessonguard (version INTEGER NOT NULL);
CREATE TABLE messages (
	seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id        TEXT NOT NULL UNIQUE,
	class     TEXT NOT NULL,
	household TEXT NOT NULL,
	received  BIGINT NOT NULL, -- seconds since 1970
	opened    BIGINT NOT NULL DEFAULT 0,
	sealed    BYTEA NOT NULL
);
CREATE TABLE households (id TEXT PRIMARY KEY, label TEXT NOT NULL, joined BIGINT NOT NULL);
CREATE TABLE tokens (hash BYTEA PRIMARY KEY, household TEXT NOT NULL REFERENCES households, scope TEXT NOT NULL);
CREATE TABLE invites (
	hash      BYTEA PRIMARY KEY,
	label     TEXT NOT NULL,
	ends      BIGINT NOT NULL,
	attempt   TEXT NOT NULL DEFAULT '',
	household TEXT NOT NULL DEFAULT ''
);
`

// OpenPostgres opens the database that dsn names, as a URL or as "host=… user=…"
// (libpq), and makes the tables in one that has none. Its errors never hold the
// password.
func OpenPostgres(ctx context.Context, dsn string) (*Postgres, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("opening message store: that is not the address of a PostgreSQL database: it looks like postgres://USER:PASSWORD@HOST/DATABASE")
	}
	// An answered message survives the loss of power, whatever the server's own
	// setting is.
	config.RuntimeParams["synchronous_commit"] = "on"
	s := &Postgres{base{db: stdlib.OpenDB(*config), bind: dollars, lock: " FOR UPDATE"}}
	s.clear = s.vacuum
	if err := s.prepare(ctx); err != nil {
		s.db.Close()
		if connecting, ok := errors.AsType[*pgconn.ConnectError](err); ok { // it has a line for each address
			err = errors.New(strings.Join(strings.Fields(connecting.Error()), " "))
		}
		return nil, fmt.Errorf("opening message store in PostgreSQL at %s: %w", config.Host, err)
	}
	return s, nil
}

func (s *Postgres) prepare(ctx context.Context) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		// Two that start at once must not both make the tables.
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", application); err != nil {
			return err
		}
		var ours, others bool
		if err := tx.QueryRowContext(ctx, "SELECT to_regclass('lessonguard') IS NOT NULL, to_regclass('messages') IS NOT NULL").Scan(&ours, &others); err != nil {
			return err
		}
		switch {
		case ours:
			var v int
			if err := tx.QueryRowContext(ctx, "SELECT version FROM lessonguard").Scan(&v); err != nil {
				return err
			}
			if v != version {
				return fmt.Errorf("%w: it is %d, this one reads %d", ErrVersion, v, version)
			}
			return nil
		case others:
			return fmt.Errorf("%w: it belongs to something else", ErrVersion)
		}
		if _, err := tx.ExecContext(ctx, postgresSchema); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO lessonguard (version) VALUES ($1)", version)
		return err
	})
}

// vacuum gives the room of what was erased to what comes next. Until that is
// written its bytes can still be in the server's files, as in its archives.
func (s *Postgres) vacuum(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, "VACUUM messages")
	return err
}

// dollars writes the places for arguments as PostgreSQL does: $1, $2.
func dollars(query string) string {
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}
