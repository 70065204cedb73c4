package checkup

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strconv"
)

// firefox returns the worst stand of the profiles in a folder of fsys.
func firefox(fsys fs.FS, folder string, m Managed) stand {
	profiles, _ := fs.Glob(fsys, folder+"/*/prefs.js") // the pattern is ours
	if len(profiles) > maxProfiles {
		profiles = profiles[:maxProfiles]
	}
	worst := absent
	for _, file := range profiles {
		worst = max(worst, firefoxProfile(fsys, path.Dir(file), m))
	}
	return worst
}

func firefoxProfile(fsys fs.FS, dir string, m Managed) stand {
	if m.Enabled != nil && *m.Enabled {
		return own
	}
	if m.Enabled != nil && m.Locked != nil && *m.Locked {
		return fine // nobody can change it
	}
	var p firefoxPrefs
	for _, name := range []string{"prefs.js", "user.js"} { // the second is read at each start, and wins
		data, err := read(fsys, dir+"/"+name, maxSettings)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return unread
		default:
			p.read(data)
		}
	}
	return p.stand()
}

// firefoxPrefs are the settings of a profile that say whom it asks.
type firefoxPrefs struct{ mode, rollout int }

// firefoxPref is a line of prefs.js or user.js, which are JavaScript.
var firefoxPref = regexp.MustCompile(`^\s*(?:user_pref|pref|sticky_pref)\s*\(\s*["'](network\.trr\.mode|doh-rollout\.mode)["']\s*,\s*(-?\d{1,4})\s*\)`)

func (p *firefoxPrefs) read(data []byte) {
	for line := range bytes.Lines(data) {
		found := firefoxPref.FindSubmatch(line)
		if found == nil {
			continue
		}
		n, err := strconv.Atoi(string(found[2]))
		if err != nil {
			continue
		}
		if string(found[1]) == "network.trr.mode" {
			p.mode = n
		} else {
			p.rollout = n
		}
	}
}

// stand follows netwerk/dns/nsIDNSService.idl: 2 asks its own service first, 3
// only that, 5 is off by choice, and all else leaves it to the rollout, which
// obeys the canary.
func (p firefoxPrefs) stand() stand {
	mode := p.mode
	if mode == 0 {
		mode = p.rollout
	}
	switch mode {
	case 3:
		return own
	case 2:
		return either
	}
	return fine
}
