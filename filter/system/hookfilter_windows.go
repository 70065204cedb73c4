package system

import (
	"errors"
	"fmt"
	"os"

	"github.com/tailscale/wf"
	"golang.org/x/sys/windows"
)

// A windowsFilter is our rules in the Windows Filtering Platform. They end with
// it, and it ends with the process.
type windowsFilter struct {
	session *wf.Session
	last    *wf.Rule
}

// fwpAlreadyExists is FWP_E_ALREADY_EXISTS.
const fwpAlreadyExists = windows.Errno(0x80320009)

// openFilter sets rules.
func openFilter(rules []winRule) (*windowsFilter, error) {
	session, err := wf.New(&wf.Options{Name: "Lessonguard", Description: "Refuses questions for names that go past the filter.", Dynamic: true})
	if err != nil {
		return nil, fmt.Errorf("opening Windows' firewall (does the service Base Filtering Engine run?): %w", err)
	}
	f := &windowsFilter{session: session}
	if err := f.add(rules); err != nil {
		_ = session.Close()
		return nil, fmt.Errorf("setting rules of Windows' firewall: %w", err)
	}
	return f, nil
}

func (f *windowsFilter) add(rules []winRule) error {
	// New for each session: two overlap when rules change.
	guid, err := windows.GenerateGUID()
	if err != nil {
		return err
	}
	sublayer := wf.SublayerID(guid)
	if err := f.session.AddSublayer(&wf.Sublayer{ID: sublayer, Name: "Lessonguard", Weight: 0xffff}); err != nil {
		return err
	}
	service, err := serviceMatches()
	if err != nil {
		return err
	}
	for _, r := range rules {
		guid, err := windows.GenerateGUID()
		if err != nil {
			return err
		}
		rule := &wf.Rule{
			ID: wf.RuleID(guid), Name: "Lessonguard: " + r.kind(), Layer: wf.LayerALEAuthConnectV4, Sublayer: sublayer,
			Weight: r.weight(), Conditions: r.matches(service), Action: wf.ActionBlock,
		}
		if r.V6 {
			rule.Layer = wf.LayerALEAuthConnectV6
		}
		if r.Permit {
			rule.Action = wf.ActionPermit
		}
		if err := f.session.AddRule(rule); err != nil {
			return fmt.Errorf("%s: %w", r.kind(), err)
		}
		f.last = rule
	}
	return nil
}

// kind is r without the addresses, of which there may be many.
func (r winRule) kind() string {
	r.To = nil
	return r.String()
}

// matches returns the conditions of r. Of several for one field one has to hold.
func (r winRule) matches(service []*wf.Match) (all []*wf.Match) {
	if r.Service {
		all = append(all, service...)
	}
	if r.Loopback {
		all = append(all, &wf.Match{Field: wf.FieldFlags, Op: wf.MatchTypeFlagsAllSet, Value: wf.ConditionFlagIsLoopback})
	}
	if len(r.Ports) > 0 {
		all = append(all,
			&wf.Match{Field: wf.FieldIPProtocol, Op: wf.MatchTypeEqual, Value: wf.IPProtoUDP},
			&wf.Match{Field: wf.FieldIPProtocol, Op: wf.MatchTypeEqual, Value: wf.IPProtoTCP})
	}
	for _, port := range r.Ports {
		all = append(all, &wf.Match{Field: wf.FieldIPRemotePort, Op: wf.MatchTypeEqual, Value: port})
	}
	for _, to := range r.To {
		all = append(all, &wf.Match{Field: wf.FieldIPRemoteAddress, Op: wf.MatchTypeEqual, Value: to})
	}
	return all
}

// serviceMatches returns what only the service's packets are: of this program,
// and of the account that it runs as. This program alone, anybody can run.
func serviceMatches() ([]*wf.Match, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	app, err := wf.AppID(self)
	if err != nil {
		return nil, err
	}
	sid, err := serviceSID()
	if err != nil {
		return nil, err
	}
	// CC is FWP_ACTRL_MATCH_FILTER for filters.
	who, err := windows.SecurityDescriptorFromString("O:LSD:(A;;CC;;;" + sid.String() + ")")
	if err != nil {
		return nil, err
	}
	return []*wf.Match{
		{Field: wf.FieldALEAppID, Op: wf.MatchTypeEqual, Value: app},
		{Field: wf.FieldALEUserID, Op: wf.MatchTypeEqual, Value: who},
	}, nil
}

// serviceSID returns the service's own account, or, in a trial, whoever tries.
func serviceSID() (*windows.SID, error) {
	sid, _, _, err := windows.LookupSID("", `NT SERVICE\`+WindowsService)
	if err == nil {
		if ours, err := windows.Token(0).IsMember(sid); err == nil && ours {
			return sid, nil
		}
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	return user.User.Sid, nil
}

// held returns nil while our rules are there. It adds the last one again, which
// fails for as long as it is.
func (f *windowsFilter) held() error {
	if f.last == nil {
		return nil
	}
	switch err := f.session.AddRule(f.last); {
	case errors.Is(err, fwpAlreadyExists):
		return nil
	case err != nil:
		return fmt.Errorf("Windows' firewall was restarted: %w", err) //nolint:staticcheck // it is a name
	}
	// Whoever asks again shall hear the same.
	return errors.Join(errors.New("our rules of Windows' firewall were deleted"), f.session.DeleteRule(f.last.ID))
}

// Close takes the rules away.
func (f *windowsFilter) Close() error { return f.session.Close() }

// weight says which rule counts where several match: the heaviest.
func (r winRule) weight() uint64 {
	if r.Permit {
		return 2
	}
	return 1
}
