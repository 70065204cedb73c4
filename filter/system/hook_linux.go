package system

import (
	"context"
	"errors"
)

// candidates returns the hooks of Linux, the best first. What each catches is
// said where it is made.
func candidates(c HookConfig) []candidate {
	c = c.logged()
	return []candidate{newNft(c), newTun(c), newResolvConf(c)}
}

func choose(ctx context.Context, c HookConfig, names []string) (Hook, error) {
	return first(ctx, candidates(c), names)
}

func restore(ctx context.Context, c HookConfig) error {
	var errs []error
	for _, h := range candidates(c) {
		errs = append(errs, h.Restore(ctx))
	}
	return errors.Join(errs...)
}
