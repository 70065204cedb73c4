package system

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// ThisService returns how the kernel tells the questions of this process from
// those of others: by its account or, where that is root's, its control group.
func ThisService() (Own, error) {
	if uid := os.Getuid(); uid != 0 {
		return Own{User: uint32(uid)}, nil
	}
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return Own{}, fmt.Errorf("finding the service's control group: %w", err)
	}
	for line := range strings.Lines(string(groups)) {
		// Of version 2; those of version 1 cannot be matched by path.
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::/"); ok && path != "" {
			return Own{Cgroup: path}, nil
		}
	}
	return Own{}, errors.New("finding the service's control group: it has none of its own; run the service as an account of its own")
}
