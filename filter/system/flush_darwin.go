package system

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
)

// flushCache empties the caches of Directory Services and of mDNSResponder, as
// Apple's support page for that says (support.apple.com/guide/mac-help, HT202516).
func flushCache(ctx context.Context) error {
	var errs []error
	for _, args := range [][]string{{"/usr/bin/dscacheutil", "-flushcache"}, {"/usr/bin/killall", "-HUP", "mDNSResponder"}} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			errs = append(errs, fmt.Errorf("emptying this PC's cache of names (%s): %w: %s", args[0], err, out))
		}
	}
	return errors.Join(errs...)
}
