package system

import "net/netip"

// What the tests of the plans for Windows reach.
type (
	// WinAdapter is a network adapter as the registry has it.
	WinAdapter = winAdapter
	// WinJournal is what was set on the adapters.
	WinJournal = winJournal
	// WinNRPTRule is a rule for names.
	WinNRPTRule = winNRPTRule
)

var (
	PlanAdapters   = planAdapters
	PlanUndo       = planUndo
	Unpointed      = unpointed
	Fallbacks      = fallbacks
	ReadWinJournal = readWinJournal
	PlanNRPT       = planNRPT
	SplitServers   = splitServers
	PlanFilter     = planFilter
	GUIDBytes      = guidBytes
)

// WriteWinJournal writes j to path.
func WriteWinJournal(j WinJournal, path string) error { return j.write(path) }

// Apply does what a plan says, as Windows would.
func Apply(adapters []WinAdapter, changes []winChange) []WinAdapter {
	after := append([]WinAdapter(nil), adapters...)
	for _, c := range changes {
		for i := range after {
			if after[i].ID == c.ID {
				after[i].Set = winList(c.Servers)
			}
		}
	}
	return after
}

// Asks returns whom an adapter asks.
func Asks(a WinAdapter) string {
	servers := winServers(a.Set)
	if len(servers) == 0 {
		servers = winServers(a.Given)
	}
	return winList(servers)
}

// Us is where the service is.
var Us = netip.MustParseAddr("127.0.0.1")
