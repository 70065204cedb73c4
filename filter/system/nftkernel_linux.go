package system

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// nftHolds reports whether the kernel has our table with a chain.
func nftHolds(chain string) (bool, error) {
	_, err := nftAsk(unix.NFT_MSG_GETCHAIN,
		nl.NewRtAttr(unix.NFTA_CHAIN_TABLE, nl.ZeroTerminated(nftTable)),
		nl.NewRtAttr(unix.NFTA_CHAIN_NAME, nl.ZeroTerminated(chain)))
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("asking the kernel for our table: %w", err)
	}
	return true, nil
}

// nftaTableOwner is NFTA_TABLE_OWNER of linux/netfilter/nf_tables.h.
const nftaTableOwner = 7

// nftOwner returns the netlink port that our table is tied to, and whether there
// is such a table. The kernel numbers a process's first port as the process.
func nftOwner() (int, bool, error) {
	answers, err := nftAsk(unix.NFT_MSG_GETTABLE, nl.NewRtAttr(unix.NFTA_TABLE_NAME, nl.ZeroTerminated(nftTable)))
	// A kernel without nf_tables (EINVAL), or without netfilter, has no table of ours.
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EPROTONOSUPPORT) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("asking the kernel for our table: %w", err)
	}
	for _, answer := range answers {
		if len(answer) < nl.SizeofNfgenmsg {
			continue
		}
		attrs, err := nl.ParseRouteAttrAsMap(answer[nl.SizeofNfgenmsg:])
		if err != nil {
			return 0, false, fmt.Errorf("reading what the kernel says of our table: %w", err)
		}
		if owner := attrs[nftaTableOwner].Value; len(owner) == 4 {
			return int(binary.BigEndian.Uint32(owner)), true, nil
		}
	}
	return 0, true, nil
}

func nftAsk(message int, attrs ...*nl.RtAttr) ([][]byte, error) {
	req := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_NFTABLES<<8|message, 0)
	req.AddData(&nl.Nfgenmsg{NfgenFamily: unix.NFPROTO_INET})
	for _, a := range attrs {
		req.AddData(a)
	}
	return req.Execute(unix.NETLINK_NETFILTER, 0)
}

// holderTime is how long a holder whose service is gone takes at most, but for a
// PC that has much to do.
const holderTime = 300 * time.Millisecond

// endNftOwner ends whatever process holds our table: a service that hangs, or
// one that somebody stopped. It reports whether there was such a table.
func endNftOwner(ctx context.Context) (bool, error) {
	pid, there, err := nftOwner()
	if errors.Is(err, unix.EPERM) {
		return false, fmt.Errorf("%w: this needs an administrator", err)
	}
	if err != nil || !there {
		return false, err
	}
	// Its holder may be about to let it go, and leaves nobody without an answer.
	letting, cancel := context.WithTimeout(ctx, holderTime)
	defer cancel()
	if nftGone(letting) == nil {
		return true, nil
	}
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err == nil && !bytes.Equal(bytes.TrimSpace(name), []byte("nft")) {
		return true, fmt.Errorf("removing the table %s: process %d holds it, and it is %s, not nft", nftTable, pid, bytes.TrimSpace(name))
	}
	if err == nil {
		if err := unix.Kill(pid, unix.SIGKILL); err != nil && !errors.Is(err, unix.ESRCH) {
			return true, fmt.Errorf("ending the nft that holds the table %s: %w", nftTable, err)
		}
	}
	return true, nftGone(ctx)
}

// nftGone waits until there is no table of ours.
func nftGone(ctx context.Context) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		if _, there, err := nftOwner(); err != nil || !there {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the table %s to go: %w", nftTable, ctx.Err())
		case <-tick.C:
		}
	}
}
