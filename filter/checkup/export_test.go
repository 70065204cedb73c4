package checkup

import (
	"io/fs"
	"net"

	"lessonguard/filter"
)

// For tests of what is read.
var (
	Resolver        = func(r *net.Resolver) Asker { return Asker{"test", resolver(r)} }
	ParseLocalState = parseLocalState
	ParsePlist      = parsePlist
	ParsePolicy     = func(name string, data []byte) (Managed, error) {
		settings, err := parsePolicy(name, data)
		return managedBy(settings), err
	}
	FamilyOf      = familyOf
	StartsWithPC  = startsWithPC
	Administrator = administrator
	MaxPolicy     = maxPolicy
)

// FirefoxModes reads prefs.js or user.js.
func FirefoxModes(data []byte) (mode, rollout int) {
	var p firefoxPrefs
	p.read(data)
	return p.mode, p.rollout
}

// Sayings returns the check and the outcome of each saying.
func Sayings() map[string]filter.CheckupResult {
	all := map[string]filter.CheckupResult{}
	for id := range sayings {
		all[id] = say(id)
	}
	return all
}

// StandOf returns "absent", "fine", "unread", "either" or "own".
func StandOf(home, system fs.FS, b Browser, registry Managed) string {
	r := &checkup{Config: Config{Home: home, System: system, Registry: func(string) Managed { return registry }}}
	return [...]string{"absent", "fine", "unread", "either", "own"}[r.stand(b)]
}
