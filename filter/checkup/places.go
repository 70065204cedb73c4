package checkup

import "slices"

// Places returns where the browsers keep their settings on an operating system
// (GOOS): below the account's home, and below the root of the PC's files.
func Places(goos string) []Browser {
	switch goos {
	case "windows":
		return windowsPlaces()
	case "darwin":
		return darwinPlaces()
	}
	return linuxPlaces()
}

func linuxPlaces() []Browser {
	// local returns where a Chromium is, as installed, from a snap, and from a
	// Flatpak.
	local := func(folder, snap, flatpak string) []string {
		places := []string{".config/" + folder + "/Local State"}
		if snap != "" {
			places = append(places, "snap/"+snap+"/common/"+folder+"/Local State", "snap/"+snap+"/current/.config/"+folder+"/Local State")
		}
		if flatpak != "" {
			places = append(places, ".var/app/"+flatpak+"/config/"+folder+"/Local State")
		}
		return places
	}
	return []Browser{
		{
			Title: "Firefox", Firefox: true,
			Settings: []string{
				".mozilla/firefox", ".config/mozilla/firefox",
				"snap/firefox/common/.mozilla/firefox",
				".var/app/org.mozilla.firefox/.mozilla/firefox", ".var/app/org.mozilla.firefox/config/mozilla/firefox",
			},
			Policies: []string{
				"etc/firefox/policies/policies.json",
				"etc/firefox-esr/policies/policies.json",
				"usr/lib/firefox/distribution/policies.json",
				"usr/lib64/firefox/distribution/policies.json",
				"usr/lib/firefox-esr/distribution/policies.json",
				"usr/share/firefox-esr/distribution/policies.json",
				"opt/firefox/distribution/policies.json",
				"snap/firefox/current/usr/lib/firefox/distribution/policies.json",
			},
		},
		{
			Title:    "Chrome",
			Settings: slices.Concat(local("google-chrome", "", "com.google.Chrome"), local("google-chrome-beta", "", "")),
			Policies: []string{"etc/opt/chrome/policies/managed"},
		},
		{
			Title: "Chromium", Settings: local("chromium", "chromium", "org.chromium.Chromium"),
			Policies: []string{"etc/chromium/policies/managed", "etc/chromium-browser/policies/managed"},
		},
		{Title: "Edge", Settings: local("microsoft-edge", "", "com.microsoft.Edge"), Policies: []string{"etc/opt/edge/policies/managed"}},
		{Title: "Brave", Settings: local("BraveSoftware/Brave-Browser", "brave", "com.brave.Browser"), Policies: []string{"etc/brave/policies/managed"}},
		{Title: "Opera", Settings: local("opera", "opera", "com.opera.Opera")},
		{Title: "Vivaldi", Settings: local("vivaldi", "vivaldi", "com.vivaldi.Vivaldi"), Policies: []string{"etc/chromium/policies/managed"}},
	}
}

func windowsPlaces() []Browser {
	local := func(folder string) []string { return []string{"AppData/Local/" + folder + "/User Data/Local State"} }
	return []Browser{
		{
			Title: "Firefox", Firefox: true, Registry: `Mozilla\Firefox`,
			Settings: []string{"AppData/Roaming/Mozilla/Firefox/Profiles"},
			Policies: []string{
				"Program Files/Mozilla Firefox/distribution/policies.json",
				"Program Files (x86)/Mozilla Firefox/distribution/policies.json",
			},
		},
		{Title: "Chrome", Settings: local("Google/Chrome"), Registry: `Google\Chrome`},
		{Title: "Chromium", Settings: local("Chromium"), Registry: `Chromium`},
		{Title: "Edge", Settings: local("Microsoft/Edge"), Registry: `Microsoft\Edge`},
		{Title: "Brave", Settings: local("BraveSoftware/Brave-Browser"), Registry: `BraveSoftware\Brave`},
		{Title: "Opera", Settings: []string{"AppData/Roaming/Opera Software/Opera Stable/Local State"}, Registry: `Opera Software\Opera Stable`},
		{Title: "Vivaldi", Settings: local("Vivaldi"), Registry: `Vivaldi`},
	}
}

func darwinPlaces() []Browser {
	const support = "Library/Application Support/"
	chromium := func(title, folder, id string) Browser {
		return Browser{
			Title: title, Settings: []string{support + folder + "/Local State"},
			Policies: []string{"Library/Managed Preferences/" + id + ".plist"},
		}
	}
	return []Browser{
		{
			Title: "Firefox", Firefox: true, Settings: []string{support + "Firefox/Profiles"},
			Policies: []string{
				"Library/Managed Preferences/org.mozilla.firefox.plist", "Library/Preferences/org.mozilla.firefox.plist",
				"Applications/Firefox.app/Contents/Resources/distribution/policies.json",
			},
		},
		chromium("Chrome", "Google/Chrome", "com.google.Chrome"),
		chromium("Chromium", "Chromium", "org.chromium.Chromium"),
		chromium("Edge", "Microsoft Edge", "com.microsoft.Edge"),
		chromium("Brave", "BraveSoftware/Brave-Browser", "com.brave.Browser"),
		chromium("Opera", "com.operasoftware.Opera", "com.operasoftware.Opera"),
		chromium("Vivaldi", "Vivaldi", "com.vivaldi.Vivaldi"),
	}
}
