package system

import (
	"context"
	"fmt"
	"io"

	"github.com/vishvananda/netlink/nl"
)

// NewResolvConf and ResolvConfFor are for tests that set the hook on files of
// their own; AskOverTCP is what the holder answers.
var (
	NewResolvConf = newResolvConf
	ResolvConfFor = resolvConfFor
	AskOverTCP    = askOverTCP
	// ThroughTunnels finds out what of a network is a VPN's.
	ThroughTunnels = (*Network).throughTunnels
	// Forget is how questions under way are forgotten, and ForgetEach how by an
	// older kernel; WhereKnown chooses.
	Forget = func(translated bool) error {
		if translated {
			return forgetRedirected()
		}
		return forgetDirect()
	}
	ForgetEach = func(translated bool) error { return forgetEach(nl.CTA_PROTO_DST_PORT, translated) }
	WhereKnown = whereKnown
	// NftLine is how rules are told.
	NftLine = nftLine
)

// Left are the questions that a holder would find, each with who asked where.
func (u *Unanswered) Left() (all []string) {
	for _, q := range readUnanswered(u.data) {
		all = append(all, fmt.Sprintf("%s %s %s", q.client, q.local, q.query))
	}
	return all
}

// AnswerLeft answers what a service left, of which these are the sockets.
func AnswerLeft(sockets []int, forget func() error) error {
	return newLeftovers(sockets).answer(forget)
}

// TellResolved returns the rules that an nft hook would have by r, and whether it
// has told systemd-resolved to ask us besides.
func TellResolved(ctx context.Context, c HookConfig, r HookRules) (rules HookRules, told bool, leave func()) {
	h := newNft(c.logged())
	rules = h.tellResolved(ctx, r)
	return rules, h.resolved != nil, h.leaveResolved
}

// StopNft starts an nft, tells it each of told, and stops it. It returns what ends
// it, and whether it has come to the stop.
func StopNft(told ...string) (end func(), stopped bool, err error) {
	nft, err := startNft()
	if err != nil {
		return func() {}, false, err
	}
	for _, text := range told {
		if _, err := io.WriteString(nft.stdin, text); err != nil {
			return nft.end, false, err
		}
	}
	if err := nft.stop(); err != nil {
		return nft.end, false, err
	}
	stopped, err = nftHolds(nftStopMark)
	return nft.end, stopped, err
}

// Complained returns whether nft's saying this, piece by piece, is taken for an
// error, and what is told of it.
func Complained(said ...string) (heard bool, told string) {
	c := complaints{heard: make(chan struct{})}
	for _, piece := range said {
		_, _ = c.Write([]byte(piece))
	}
	told = c.after("nft says: ")
	select {
	case <-c.heard:
		heard = true
	default:
	}
	c.forget()
	select {
	case <-c.heard:
		return false, "an error that was forgotten"
	default:
		return heard, told
	}
}
