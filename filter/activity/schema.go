package activity

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
)

const schemaVersion = 1

// Every row counts blocks of one learner and kind in one hour: of one name, or
// of all that have none. Ids are text, so that a new category moves no old
// rows. Times are recorded time.
const columns = ` (
	learner  TEXT    NOT NULL,
	hour     INTEGER NOT NULL,
	reason   TEXT    NOT NULL,
	category TEXT    NOT NULL, -- empty: the reason has none
	name     TEXT    NOT NULL, -- empty: counted only
	count    INTEGER NOT NULL,
	dropped  INTEGER NOT NULL, -- of count: had a name, for which there was no room
	last     INTEGER NOT NULL,
	PRIMARY KEY (learner, hour, reason, category, name)
) WITHOUT ROWID;`

const schema = `
CREATE TABLE seen` + columns + `
CREATE TABLE clock (
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	at     INTEGER NOT NULL,
	offset INTEGER NOT NULL,
	stood  INTEGER NOT NULL
);
PRAGMA user_version = 1;`

// settings are for a small file that is written every few seconds at most.
// Power may take the last of it (synchronous NORMAL), but deleted names are
// overwritten, temporary results stay out of the temporary directory, and the
// cache is small because the service's memory is.
var settings = url.Values{"_pragma": {
	"busy_timeout(1000)", "cache_size(-256)", "cell_size_check(on)", "journal_size_limit(1048576)", "mmap_size(0)",
	"secure_delete(on)", "synchronous(normal)", "temp_store(memory)", "trusted_schema(off)",
}}

// check makes sure that the file is ours and sound, makes it if it is new, and
// reads the recorded time in it. Into one that is not ours it writes nothing.
func (d *disk) check(ctx context.Context, db *sql.DB) error {
	var version, tables int
	if err := db.QueryRowContext(ctx, `SELECT (SELECT user_version FROM pragma_user_version), count(*) FROM sqlite_schema`).Scan(&version, &tables); err != nil {
		return err
	}
	if version == 0 && tables == 0 {
		_, err := db.ExecContext(ctx, `PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; BEGIN; `+schema+` COMMIT;`)
		return err
	}
	if version != schemaVersion {
		return errDamaged
	}
	var ok string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&ok); err != nil {
		return err
	}
	if ok != "ok" {
		return errDamaged
	}
	if d.recorded.started {
		return nil
	}
	r := recorded{}
	err := db.QueryRowContext(ctx, `SELECT at, offset, stood FROM clock`).Scan(&r.at, &r.offset, &r.stood)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	d.recorded = r
	return nil
}
