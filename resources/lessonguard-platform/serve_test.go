package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// TestKeepAt goes on after failures, says each, and ends with the context or
// with what it runs.
func TestKeepAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := errors.New("the database is away")
		var runs, said int
		keepAt(t.Context(), func(context.Context) error {
			if runs++; runs < 3 {
				return away
			}
			return nil
		}, func(err error) {
			if said++; !errors.Is(err, away) {
				t.Errorf("it said %v", err)
			}
		})
		if runs != 3 || said != 2 {
			t.Errorf("it ran %d times and said %d failures, want 3 and 2", runs, said)
		}

		ctx, stop := context.WithCancel(t.Context())
		runs, said = 0, 0
		keepAt(ctx, func(context.Context) error { runs++; stop(); return away }, func(error) { said++ })
		if runs != 1 || said != 0 {
			t.Errorf("when it is to end it ran %d times and said %d failures, want 1 and none", runs, said)
		}
	})
}
