package checkup

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"runtime"
	"slices"

	"lessonguard/filter"
)

// checkAccounts: each learner has an account of their own, which is not
// all-powerful: such a one can switch the filter off.
func (r *checkup) checkAccounts(context.Context) []filter.CheckupResult {
	if r.familyErr != nil {
		return one("accounts_unknown")
	}
	var admin, shared, none, separate []string
	unknown, watched := false, 0
	for _, l := range r.household.Learners {
		if !l.Watched() {
			continue // an adult, who may do as they please
		}
		watched++
		mighty, together := false, false
		for _, account := range l.Accounts {
			is, err := r.Administrator(account)
			unknown = unknown || err != nil
			mighty = mighty || is
			together = together || slices.Contains(r.household.Guardians, account)
		}
		switch {
		case len(l.Accounts) == 0:
			none = append(none, l.Name)
		case together:
			shared = append(shared, l.Name)
		case mighty:
			admin = append(admin, l.Name)
		default:
			separate = append(separate, l.Name)
		}
	}
	var f found
	f.things("accounts_admin", admin)
	f.things("accounts_shared", shared)
	f.things("accounts_none", none)
	switch {
	case watched == 0:
		return one("accounts_nobody")
	case unknown:
		f = append(f, say("accounts_unknown"))
	default:
		f.things("accounts_separate", separate)
	}
	return f
}

// administrators are the groups that may do all on a PC: by name on Unix, by
// well-known identifier on Windows.
var administrators = []string{"root", "sudo", "wheel", "admin", "S-1-5-32-544"}

// administrator reports whether an account of this PC may do all on it.
func administrator(account string) (bool, error) {
	u, err := user.Lookup(account)
	if err != nil {
		return false, fmt.Errorf("looking up an account: %w", err)
	}
	if u.Uid == "0" {
		return true, nil
	}
	ids, err := u.GroupIds()
	if err != nil {
		return false, fmt.Errorf("looking up an account's groups: %w", err)
	}
	for _, id := range ids {
		if runtime.GOOS == "windows" {
			if slices.Contains(administrators, id) {
				return true, nil
			}
			continue
		}
		g, err := user.LookupGroupId(id)
		if unknown := user.UnknownGroupIdError(""); errors.As(err, &unknown) {
			continue // a group without a name is none of those
		}
		if err != nil {
			return false, fmt.Errorf("looking up an account's groups: %w", err)
		}
		if slices.Contains(administrators, g.Name) {
			return true, nil
		}
	}
	return false, nil
}
