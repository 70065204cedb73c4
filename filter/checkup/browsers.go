package checkup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"lessonguard/filter"
)

// A Browser says where one browser keeps what it was told about asking a DNS
// service of its own.
type Browser struct {
	Title   string
	Firefox bool // else it is of Chromium's family
	// Settings are in the account's home: of Firefox folders of profiles, of the
	// others the file "Local State".
	Settings []string
	// Policies are an administrator's, of the PC: files, or folders of them.
	Policies []string
	// Registry is a key under HKEY_LOCAL_MACHINE\SOFTWARE\Policies.
	Registry string
}

// Managed is what an administrator has set.
type Managed struct {
	Mode, Templates string // Chromium's DnsOverHttpsMode and DnsOverHttpsTemplates
	Enabled, Locked *bool  // Firefox's DNSOverHTTPS
}

// over returns m where it says something, and else what o does.
func (m Managed) over(o Managed) Managed {
	if m.Mode == "" {
		m.Mode, m.Templates = o.Mode, o.Templates
	}
	if m.Enabled == nil {
		m.Enabled = o.Enabled
	}
	if m.Locked == nil {
		m.Locked = o.Locked
	}
	return m
}

// A stand is how a browser stands to the PC's resolver, the worst last.
type stand uint8

const (
	absent stand = iota // it has no settings here
	fine                // it asks the PC's, or gives way when it is told to
	unread              // its settings cannot be read
	either              // its own first, then the PC's
	own                 // its own
)

// Bounds on what is read: the files are the caller's own, and other programs
// write what they like there.
const (
	maxSettings = 16 << 20
	maxPolicy   = 1 << 20
	maxProfiles = 64
)

// checkBrowsers reads the settings of the caller's browsers, and of no other
// account.
func (r *checkup) checkBrowsers(ctx context.Context) []filter.CheckupResult {
	by := map[stand][]string{}
	for _, b := range r.Browsers {
		if ctx.Err() != nil {
			by[unread] = append(by[unread], b.Title)
			continue
		}
		s := r.stand(b)
		by[s] = append(by[s], b.Title)
	}
	var f found
	f.things("browsers_own", by[own])
	f.things("browsers_either", by[either])
	f.things("browsers_unread", by[unread])
	f.things("browsers_fine", by[fine])
	if len(f) == 0 {
		return one("browsers_none")
	}
	return f
}

func (r *checkup) stand(b Browser) stand {
	managed := r.managed(b)
	worst := absent
	for _, at := range b.Settings {
		if b.Firefox {
			worst = max(worst, firefox(r.Home, at, managed))
		} else {
			worst = max(worst, chromium(r.Home, at, managed))
		}
	}
	return worst
}

// managed reads what an administrator has set for b. What cannot be read is
// taken not to be there: then the account's own settings count.
func (r *checkup) managed(b Browser) Managed {
	var m Managed
	for _, at := range b.Policies {
		files := []string{at}
		if path.Ext(at) == "" {
			files, _ = fs.Glob(r.System, at+"/*.json") // the pattern is ours
		}
		for _, file := range files[:min(len(files), maxProfiles)] {
			data, err := read(r.System, file, maxPolicy)
			if err != nil {
				continue
			}
			settings, err := parsePolicy(file, data)
			if err == nil {
				m = m.over(managedBy(settings))
			}
		}
	}
	if b.Registry != "" && r.Registry != nil {
		m = r.Registry(b.Registry).over(m)
	}
	return m
}

// managedBy picks what is asked for out of an administrator's settings.
func managedBy(settings map[string]any) (m Managed) {
	if inner, ok := settings["policies"].(map[string]any); ok { // Firefox's policies.json
		settings = inner
	}
	m.Mode, _ = settings["DnsOverHttpsMode"].(string)
	m.Templates, _ = settings["DnsOverHttpsTemplates"].(string)
	doh, ok := settings["DNSOverHTTPS"].(map[string]any)
	if !ok { // as macOS may have it
		doh = map[string]any{"Enabled": settings["DNSOverHTTPS__Enabled"], "Locked": settings["DNSOverHTTPS__Locked"]}
	}
	m.Enabled, m.Locked = flag(doh["Enabled"]), flag(doh["Locked"])
	return m
}

func flag(v any) *bool {
	if is, ok := v.(bool); ok {
		return &is
	}
	return nil
}

var errTooLong = errors.New("it is longer than such a file ever is")

// read returns the contents of a file of at most limit bytes. Something else
// than a file, which might never end or never begin, is not opened.
func read(fsys fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("reading %s: it is no file", path.Base(name))
	}
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("reading %s: %w", path.Base(name), errTooLong)
	}
	return data, nil
}

// parsePolicy reads a file of an administrator's settings, by how it is named.
func parsePolicy(name string, data []byte) (map[string]any, error) {
	if strings.HasSuffix(name, ".plist") {
		return parsePlist(data)
	}
	return parseJSON(data)
}
