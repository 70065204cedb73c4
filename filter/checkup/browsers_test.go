package checkup_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"lessonguard/filter/checkup"
)

func files(pairs ...string) fstest.MapFS {
	all := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return all
}

func browser(t *testing.T, goos, title string) checkup.Browser {
	t.Helper()
	for _, b := range checkup.Places(goos) {
		if b.Title == title {
			return b
		}
	}
	t.Fatalf("no %s on %s", title, goos)
	return checkup.Browser{}
}

const profile = ".mozilla/firefox/x1.default-release/"

func TestBrowsers(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		why, goos, title string
		home, system     fstest.MapFS
		registry         checkup.Managed
		want             string
	}{
		{"Firefox is not used", "linux", "Firefox", files(), files("etc/firefox/policies/policies.json", `{"policies":{"DNSOverHTTPS":{"Enabled":true}}}`), checkup.Managed{}, "absent"},
		{"as it comes", "linux", "Firefox", files(profile+"prefs.js", "// Mozilla User Preferences\n"), files(), checkup.Managed{}, "fine"},
		{"max protection", "linux", "Firefox", files(profile+"prefs.js", `user_pref("network.trr.mode", 3);`), files(), checkup.Managed{}, "own"},
		{"increased protection", "linux", "Firefox", files(profile+"prefs.js", `user_pref("network.trr.mode", 2);`), files(), checkup.Managed{}, "either"},
		{"off by choice", "linux", "Firefox", files(profile+"prefs.js", "user_pref(\"network.trr.mode\", 5);\nuser_pref(\"doh-rollout.mode\", 2);"), files(), checkup.Managed{}, "fine"},
		{"rolled out", "linux", "Firefox", files(profile+"prefs.js", `user_pref("doh-rollout.mode", 2);`), files(), checkup.Managed{}, "either"},
		{"user.js wins", "linux", "Firefox", files(profile+"prefs.js", `user_pref("network.trr.mode", 5);`, profile+"user.js", `user_pref( 'network.trr.mode' , 3 );`), files(), checkup.Managed{}, "own"},
		{"another profile", "linux", "Firefox", files(profile+"prefs.js", "", ".mozilla/firefox/a.other/prefs.js", `user_pref("network.trr.mode", 3);`), files(), checkup.Managed{}, "own"},
		{"a snap's", "linux", "Firefox", files("snap/firefox/common/.mozilla/firefox/p/prefs.js", `user_pref("network.trr.mode", 3);`), files(), checkup.Managed{}, "own"},
		{"a Flatpak's", "linux", "Firefox", files(".var/app/org.mozilla.firefox/.mozilla/firefox/p/prefs.js", `user_pref("network.trr.mode", 3);`), files(), checkup.Managed{}, "own"},
		{"locked off", "linux", "Firefox", files(profile+"prefs.js", `user_pref("network.trr.mode", 3);`), files("etc/firefox/policies/policies.json", `{"policies":{"DNSOverHTTPS":{"Enabled":false,"Locked":true}}}`), checkup.Managed{}, "fine"},
		{"off, and not locked", "linux", "Firefox", files(profile+"prefs.js", `user_pref("network.trr.mode", 3);`), files("etc/firefox/policies/policies.json", `{"policies":{"DNSOverHTTPS":{"Enabled":false}}}`), checkup.Managed{}, "own"},
		{"on by an administrator", "linux", "Firefox", files(profile+"prefs.js", ""), files("usr/lib/firefox/distribution/policies.json", `{"policies":{"DNSOverHTTPS":{"Enabled":true}}}`), checkup.Managed{}, "own"},
		{"a damaged policy", "linux", "Firefox", files(profile+"prefs.js", `user_pref("network.trr.mode", 3);`), files("etc/firefox/policies/policies.json", `{"policies`), checkup.Managed{}, "own"},
		{"locked off in the registry", "windows", "Firefox", files("AppData/Roaming/Mozilla/Firefox/Profiles/p/prefs.js", `user_pref("network.trr.mode", 3);`), files(), checkup.Managed{Enabled: &no, Locked: &yes}, "fine"},
		{"on a Mac", "darwin", "Firefox", files("Library/Application Support/Firefox/Profiles/p/prefs.js", `user_pref("network.trr.mode", 3);`), files("Library/Preferences/org.mozilla.firefox.plist", xmlPlist), checkup.Managed{}, "fine"},

		{"Chrome is not used", "linux", "Chrome", files(), files(), checkup.Managed{Mode: "secure"}, "absent"},
		{"as it comes", "linux", "Chrome", files(".config/google-chrome/Local State", `{"browser":{}}`), files(), checkup.Managed{}, "fine"},
		{"automatic", "linux", "Chrome", files(".config/google-chrome/Local State", `{"dns_over_https":{"mode":"automatic","templates":""}}`), files(), checkup.Managed{}, "fine"},
		{"automatic, with a service", "linux", "Chrome", files(".config/google-chrome/Local State", `{"dns_over_https":{"mode":"automatic","templates":"https://dns.example/"}}`), files(), checkup.Managed{}, "either"},
		{"secure", "linux", "Edge", files(".config/microsoft-edge/Local State", `{"dns_over_https":{"mode":"secure","templates":"https://dns.example/"}}`), files(), checkup.Managed{}, "own"},
		{"closed by an administrator", "linux", "Chrome", files(".config/google-chrome/Local State", `{"dns_over_https":{"mode":"secure"}}`), files("etc/opt/chrome/policies/managed/family.json", `{"DnsOverHttpsMode":"off"}`), checkup.Managed{}, "fine"},
		{"opened by an administrator", "linux", "Brave", files(".config/BraveSoftware/Brave-Browser/Local State", `{}`), files("etc/brave/policies/managed/a.json", `{}`, "etc/brave/policies/managed/b.json", `{"DnsOverHttpsMode":"secure"}`), checkup.Managed{}, "own"},
		{"in the registry", "windows", "Vivaldi", files("AppData/Local/Vivaldi/User Data/Local State", `{"dns_over_https":{"mode":"secure"}}`), files(), checkup.Managed{Mode: "off"}, "fine"},
		{"Opera", "windows", "Opera", files("AppData/Roaming/Opera Software/Opera Stable/Local State", `{"dns_over_https":{"mode":"secure"}}`), files(), checkup.Managed{}, "own"},
		{"managed on a Mac", "darwin", "Chrome", files("Library/Application Support/Google/Chrome/Local State", `{"dns_over_https":{"mode":"secure"}}`), files("Library/Managed Preferences/com.google.Chrome.plist", binaryPlist), checkup.Managed{}, "fine"},
		{"a snap's", "linux", "Chromium", files("snap/chromium/common/chromium/Local State", `{"dns_over_https":{"mode":"secure"}}`), files(), checkup.Managed{}, "own"},
		{"a Flatpak's", "linux", "Brave", files(".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser/Local State", `{"dns_over_https":{"mode":"secure"}}`), files(), checkup.Managed{}, "own"},
		{"damaged", "linux", "Chrome", files(".config/google-chrome/Local State", `{"dns_over_https":{"mode":7}}`), files(), checkup.Managed{}, "unread"},
		{"half of it", "linux", "Chrome", files(".config/google-chrome/Local State", `{"dns_over_ht`), files(), checkup.Managed{}, "unread"},
		{"endless", "linux", "Chrome", files(".config/google-chrome/Local State", strings.Repeat(" ", 16<<20)+"{}"), files(), checkup.Managed{}, "unread"},
		{"a folder", "linux", "Chrome", files(".config/google-chrome/Local State/x", ""), files(), checkup.Managed{}, "unread"},
	} {
		b := browser(t, tt.goos, tt.title)
		if got := checkup.StandOf(tt.home, tt.system, b, tt.registry); got != tt.want {
			t.Errorf("%s, %s: %s, want %s", tt.title, tt.why, got, tt.want)
		}
	}
}

// TestPlaces: every path can be opened, and so found.
func TestPlaces(t *testing.T) {
	for _, goos := range []string{"linux", "windows", "darwin"} {
		for _, b := range checkup.Places(goos) {
			for _, path := range append(b.Settings, b.Policies...) {
				if !fs.ValidPath(path) {
					t.Errorf("%s, %s: %q is no path", goos, b.Title, path)
				}
			}
			if len(b.Settings) == 0 {
				t.Errorf("%s, %s: no settings", goos, b.Title)
			}
		}
	}
}

const xmlPlist = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>EnterprisePoliciesEnabled</key><true/>
<key>Other</key><array><string>a</string><dict><key>x</key><true/></dict></array>
<key>DNSOverHTTPS</key><dict><key>Enabled</key><false/><key>Locked</key><true/></dict>
</dict></plist>`

// binaryPlist is what plutil makes of {"DnsOverHttpsMode": "off", "N": 7}.
const binaryPlist = "bplist00" +
	"\xd2\x01\x02\x03\x04" + // at 8: a dictionary of two
	"\x5f\x10\x10DnsOverHttpsMode" + // at 13
	"\x51N" + // at 32
	"\x53off" + // at 34
	"\x10\x07" + // at 38
	"\x08\x0d\x20\x22\x26" + // at 40: where they are
	"\x00\x00\x00\x00\x00\x00\x01\x01" +
	"\x00\x00\x00\x00\x00\x00\x00\x05" +
	"\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x28"

func TestPlist(t *testing.T) {
	m, err := checkup.ParsePolicy("a.plist", []byte(binaryPlist))
	if err != nil || m.Mode != "off" {
		t.Errorf("binary: %+v, %v", m, err)
	}
	m, err = checkup.ParsePolicy("a.plist", []byte(xmlPlist))
	if err != nil || m.Enabled == nil || *m.Enabled || m.Locked == nil || !*m.Locked {
		t.Errorf("XML: %+v, %v", m, err)
	}
	circle := []byte(binaryPlist)
	circle[11] = 0 // the first value is the dictionary itself
	for _, damaged := range []string{"", "bplist00", string(circle), binaryPlist[:len(binaryPlist)-1], "<plist><dict><key>a", "<plist/>"} {
		if got, err := checkup.ParsePlist([]byte(damaged)); err == nil {
			t.Errorf("ParsePlist(%q) = %v, want an error", damaged, got)
		}
	}
}

func FuzzFirefox(f *testing.F) {
	for _, seed := range []string{"", `user_pref("network.trr.mode", 3);`, "user_pref('doh-rollout.mode',2);\n\x00", `user_pref("network.trr.mode", -99999);`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		mode, rollout := checkup.FirefoxModes(data)
		if mode < -9999 || mode > 9999 || rollout < -9999 || rollout > 9999 {
			t.Errorf("modes %d, %d", mode, rollout)
		}
	})
}

func FuzzLocalState(f *testing.F) {
	for _, seed := range []string{"", `{"dns_over_https":{"mode":"secure","templates":"https://dns.example/"}}`, `{"dns_over_https":[]}`, strings.Repeat("[", 20000)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		mode, templates, err := checkup.ParseLocalState(data)
		if err != nil && mode+templates != "" {
			t.Errorf("%q, %q with %v", mode, templates, err)
		}
	})
}

func FuzzPolicy(f *testing.F) {
	for _, seed := range []string{"", xmlPlist, binaryPlist, `{"policies":{"DNSOverHTTPS":{"Enabled":false,"Locked":true}}}`, `{"policies":[{}]}`, strings.Repeat("<dict><key>a</key>", 100)} {
		f.Add(true, []byte(seed))
		f.Add(false, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, plist bool, data []byte) {
		name := "policies.json"
		if plist {
			name = "x.plist"
		}
		m, err := checkup.ParsePolicy(name, data)
		if err != nil && (m != checkup.Managed{}) {
			t.Errorf("%+v with %v", m, err)
		}
	})
}
