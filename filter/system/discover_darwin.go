package system

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
)

// discover asks scutil, because macOS keeps its resolvers in the dynamic store
// and /etc/resolv.conf shows only some of them.
func discover(ctx context.Context) (Network, error) {
	out, err := exec.CommandContext(ctx, "/usr/sbin/scutil", "--dns").Output()
	if err != nil {
		return Network{}, fmt.Errorf("asking scutil for the resolvers of this Mac: %w", err)
	}
	var n Network
	if err := n.scutil(bytes.NewReader(out)); err != nil {
		return Network{}, fmt.Errorf("reading what scutil says: %w", err)
	}
	return n.withoutUs(func() bool {
		text, err := scutil(ctx, scutilShow)
		servers, _ := readScutilShow(text)
		return err == nil && len(servers) > 0
	}), nil
}
