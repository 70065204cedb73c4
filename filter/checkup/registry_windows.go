package checkup

import "golang.org/x/sys/windows/registry"

// readRegistry returns what an administrator set under a key of
// HKEY_LOCAL_MACHINE\SOFTWARE\Policies; nothing where it is not there.
func readRegistry(key string) (m Managed) {
	read := func(path string, take func(registry.Key)) {
		k, err := registry.OpenKey(registry.LOCAL_MACHINE, `SOFTWARE\Policies\`+path, registry.QUERY_VALUE)
		if err != nil {
			return // not there, as on most PCs
		}
		defer func() { _ = k.Close() }()
		take(k)
	}
	read(key, func(k registry.Key) {
		m.Mode, _, _ = k.GetStringValue("DnsOverHttpsMode") // "" where it is not set
		m.Templates, _, _ = k.GetStringValue("DnsOverHttpsTemplates")
	})
	read(key+`\DNSOverHTTPS`, func(k registry.Key) {
		for name, to := range map[string]**bool{"Enabled": &m.Enabled, "Locked": &m.Locked} {
			if n, _, err := k.GetIntegerValue(name); err == nil {
				is := n != 0
				*to = &is
			}
		}
	})
	return m
}
