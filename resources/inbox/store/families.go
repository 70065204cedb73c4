package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lessonguard/resources/inbox"
)

// AddInvite adds an invite.
func (s *base) AddInvite(ctx context.Context, i inbox.Invite) error {
	_, err := s.db.ExecContext(ctx, s.bind("INSERT INTO invites (hash, label, ends) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"), i.Hash[:], i.Label, i.Ends.Unix())
	if err != nil {
		return fmt.Errorf("adding invite: %w", err)
	}
	return nil
}

// Join uses an invite.
func (s *base) Join(ctx context.Context, j inbox.Joining) (inbox.Household, error) {
	var h inbox.Household
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		var attempt string
		var ends int64
		err := tx.QueryRowContext(ctx, s.bind("SELECT label, ends, attempt, household FROM invites WHERE hash = ?"+s.lock), j.Invite[:]).Scan(&h.Label, &ends, &attempt, &h.ID)
		switch {
		case errors.Is(err, sql.ErrNoRows), err == nil && attempt != "" && attempt != j.Attempt, err == nil && attempt == "" && ends < j.At.Unix():
			return inbox.ErrInvite
		case err != nil:
			return err
		}
		if attempt == "" {
			h.ID = j.Household
			if _, err := tx.ExecContext(ctx, s.bind("INSERT INTO households (id, label, joined) VALUES (?, ?, ?)"), h.ID, h.Label, j.At.Unix()); err != nil {
				return err
			}
		}
		for _, do := range []struct {
			query string
			args  []any
		}{
			{"UPDATE invites SET attempt = ?, household = ? WHERE hash = ?", []any{j.Attempt, h.ID, j.Invite[:]}},
			{"DELETE FROM tokens WHERE household = ?", []any{h.ID}},
			{"INSERT INTO tokens (hash, household, scope) VALUES (?, ?, ?)", []any{j.Submit[:], h.ID, string(inbox.SubmitScope)}},
			{"INSERT INTO tokens (hash, household, scope) VALUES (?, ?, ?)", []any{j.Guardian[:], h.ID, string(inbox.GuardianScope)}},
		} {
			if _, err := tx.ExecContext(ctx, s.bind(do.query), do.args...); err != nil {
				return err
			}
		}
		var joined int64
		err = tx.QueryRowContext(ctx, s.bind("SELECT joined FROM households WHERE id = ?"), h.ID).Scan(&joined)
		h.Joined = at(joined)
		return err
	})
	if err != nil {
		return inbox.Household{}, fmt.Errorf("joining: %w", err)
	}
	return h, nil
}

// Token returns whose a token is.
func (s *base) Token(ctx context.Context, token inbox.Hash) (household string, scope inbox.Scope, err error) {
	err = s.db.QueryRowContext(ctx, s.bind("SELECT household, scope FROM tokens WHERE hash = ?"), token[:]).Scan(&household, &scope)
	if err != nil {
		return "", "", fmt.Errorf("reading token: %w", orNotFound(err))
	}
	return household, scope, nil
}

// Households returns every family.
func (s *base) Households(ctx context.Context) ([]inbox.Household, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, label, joined FROM households ORDER BY joined, id")
	if err != nil {
		return nil, fmt.Errorf("reading households: %w", err)
	}
	defer rows.Close()
	var all []inbox.Household
	for rows.Next() {
		var h inbox.Household
		var joined int64
		if err := rows.Scan(&h.ID, &h.Label, &joined); err != nil {
			return nil, fmt.Errorf("reading households: %w", err)
		}
		h.Joined = at(joined)
		all = append(all, h)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading households: %w", err)
	}
	return all, nil
}
