package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lessonguard/resources/inbox"
)

// EraseOpened erases what was opened before t. SQLite overwrites what it erases
// (secure_delete), and so that nothing stays in the log beside the file either,
// that is written back and cut off.
func (s *SQLite) EraseOpened(ctx context.Context, t time.Time) (int, error) {
	done, err := s.db.ExecContext(ctx, "DELETE FROM messages WHERE opened > 0 AND opened < ?", t.Unix())
	if err != nil {
		return 0, fmt.Errorf("erasing opened messages: %w", err)
	}
	n, err := done.RowsAffected()
	if err == nil && n > 0 {
		err = s.clear(ctx)
	}
	if err != nil {
		return int(n), fmt.Errorf("erasing opened messages: %w", err)
	}
	return int(n), nil
}

// Erase erases one message.
func (s *SQLite) Erase(ctx context.Context, id string) error {
	done, err := s.db.ExecContext(ctx, "DELETE FROM messages WHERE id = ?", id)
	if err == nil {
		err = found(done)
	}
	if err == nil {
		err = s.clear(ctx)
	}
	if err != nil {
		return fmt.Errorf("erasing message: %w", err)
	}
	return nil
}

// EraseHousehold erases a family.
func (s *SQLite) EraseHousehold(ctx context.Context, id string) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, query := range []string{
			"DELETE FROM messages WHERE household = ?",
			"DELETE FROM tokens WHERE household = ?",
			"DELETE FROM invites WHERE household = ?",
		} {
			if _, err := tx.ExecContext(ctx, query, id); err != nil {
				return err
			}
		}
		done, err := tx.ExecContext(ctx, "DELETE FROM households WHERE id = ?", id)
		if err != nil {
			return err
		}
		return found(done)
	})
	if err == nil {
		err = s.clear(ctx)
	}
	if err != nil {
		return fmt.Errorf("erasing household: %w", err)
	}
	return nil
}

// found returns [inbox.ErrNotFound] where nothing was changed.
func found(done sql.Result) error {
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return inbox.ErrNotFound
	}
	return err
}

// clear empties the log of changes, which still holds what was erased.
func (s *SQLite) clear(ctx context.Context) error {
	var busy, log, moved int
	err := s.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
	if err == nil && busy != 0 {
		return nil // somebody reads just now: the next checkpoint writes over it
	}
	return err
}
