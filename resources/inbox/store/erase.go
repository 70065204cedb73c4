package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lessonguard/resources/inbox"
)

// EraseOpened erases what was opened before t.
func (s *base) EraseOpened(ctx context.Context, t time.Time) (int, error) {
	done, err := s.db.ExecContext(ctx, s.bind("DELETE FROM messages WHERE opened > 0 AND opened < ?"), t.Unix())
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
func (s *base) Erase(ctx context.Context, id string) error {
	done, err := s.db.ExecContext(ctx, s.bind("DELETE FROM messages WHERE id = ?"), id)
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
func (s *base) EraseHousehold(ctx context.Context, id string) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, query := range []string{
			"DELETE FROM messages WHERE household = ?",
			"DELETE FROM tokens WHERE household = ?",
			"DELETE FROM invites WHERE household = ?",
		} {
			if _, err := tx.ExecContext(ctx, s.bind(query), id); err != nil {
				return err
			}
		}
		done, err := tx.ExecContext(ctx, s.bind("DELETE FROM households WHERE id = ?"), id)
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
