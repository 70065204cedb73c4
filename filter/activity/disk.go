package activity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// A disk is the file, opened when it is first needed. Its methods need mu.
type disk struct {
	mu      sync.Mutex
	path    string
	now     func() time.Time
	running func() time.Duration
	log     *slog.Logger
	spare   *buffer // the one that is not being filled

	db       *sql.DB // nil: not open
	recorded recorded
	tidied   int64 // the hour of recorded time up to which what expired is deleted
	changed  bool  // something happened to the clock since
	traces   bool  // what was deleted may still be in the write-ahead log
	troubled bool  // the last writing failed, and that has been logged
}

// complain logs err, if it is the first since something was last written.
func (d *disk) complain(err error) {
	if err != nil && !d.troubled {
		d.log.Warn("activity is not kept for the time being", "err", err)
		d.troubled = true
	}
}

// exists reports whether there is anything to read or to delete.
func (d *disk) exists() bool {
	_, err := os.Lstat(d.path)
	return d.db != nil || err == nil
}

// use opens the file and calls do in a transaction. A damaged file is set
// aside, and do is called once more with a new one.
func (d *disk) use(ctx context.Context, do func(*sql.Tx) error) error {
	err := d.try(ctx, do)
	if isDamaged(err) {
		if err = d.setAside(err); err == nil {
			err = d.try(ctx, do)
		}
	}
	return err
}

func (d *disk) try(ctx context.Context, do func(*sql.Tx) error) error {
	if err := d.open(ctx); err != nil {
		return err
	}
	d.readClock()
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // does nothing once committed
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// open opens the file if it is not open.
func (d *disk) open(ctx context.Context) error {
	if d.db != nil {
		return nil
	}
	if err := d.create(); err != nil {
		return err
	}
	path, err := filepath.Abs(d.path)
	if err != nil {
		return err
	}
	path = "/" + strings.TrimPrefix(filepath.ToSlash(path), "/") // C:/x is /C:/x in a URI
	connector, err := sqlite.NewConnector((&url.URL{Scheme: "file", Path: path, RawQuery: settings.Encode()}).String())
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1) // nothing is ever asked for by two at once
	if err := d.check(ctx, db); err != nil {
		return errors.Join(err, db.Close())
	}
	d.db, d.traces = db, true
	return nil
}

// create makes an empty file that only we can read, if there is none; SQLite
// gives its other files the same rights.
func (d *disk) create() error {
	f, err := os.OpenFile(d.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// close saves the recorded time and closes the file, if it is open.
func (d *disk) close(ctx context.Context) error {
	if d.db == nil {
		return nil
	}
	err := d.use(context.WithoutCancel(ctx), d.saveClock)
	if d.db != nil {
		err = errors.Join(err, d.db.Close())
		d.db = nil
	}
	if err != nil {
		return fmt.Errorf("closing activity: %w", err)
	}
	return nil
}

func (d *disk) readClock() {
	if d.recorded.read(d.now(), d.running()) {
		d.changed = true
	}
}

func (d *disk) saveClock(tx *sql.Tx) error {
	_, err := tx.Exec(`INSERT INTO clock VALUES (1, ?, ?, ?)
		ON CONFLICT DO UPDATE SET at = excluded.at, offset = excluded.offset, stood = excluded.stood`,
		d.recorded.at, d.recorded.offset, d.recorded.stood)
	return err
}
