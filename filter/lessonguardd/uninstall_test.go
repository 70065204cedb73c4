package main

import (
	"errors"
	"fmt"
	"testing"
)

// TestExitStatus has whoever removes the programs know whether the PC is back as
// it was, since without them nothing could put it back.
func TestExitStatus(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want int
	}{
		{errors.New("stopping the service: it does not stop"), 1},
		{fmt.Errorf("%w: %w", errLeft, errors.New("schtasks.exe: exit status 1")), 2},
	} {
		if got := exitStatus(tt.err); got != tt.want {
			t.Errorf("%v: got %d, want %d", tt.err, got, tt.want)
		}
	}
}
