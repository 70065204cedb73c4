package system

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const (
	// winNRPT is where the rules of this PC are, and winNRPTPolicy where a
	// domain's are: where there are any of these, Windows disregards the others.
	winNRPT       = `SYSTEM\CurrentControlSet\Services\Dnscache\Parameters\DnsPolicyConfig`
	winNRPTPolicy = `SOFTWARE\Policies\Microsoft\Windows NT\DNSClient\DnsPolicyConfig`
	// winNRPTGeneric says that a rule is about which resolvers to ask
	// (MS-GPNRPT 2.2.2.13, ConfigOptions).
	winNRPTGeneric = 8
	winNRPTVersion = 1
)

// readNRPT reads the rules for names, of this PC and of a domain.
func readNRPT() (rules []winNRPTRule, err error) {
	for _, path := range []string{winNRPT, winNRPTPolicy} {
		key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.ENUMERATE_SUB_KEYS)
		if errors.Is(err, registry.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading Windows' rules for names: %w", err)
		}
		names, err := key.ReadSubKeyNames(0)
		key.Close()
		if err != nil {
			return nil, fmt.Errorf("reading Windows' rules for names: %w", err)
		}
		for _, name := range names {
			rule, err := registry.OpenKey(registry.LOCAL_MACHINE, path+`\`+name, registry.QUERY_VALUE)
			if err != nil {
				continue // removed in this moment
			}
			r := winNRPTRule{Key: name}
			r.Names, _, _ = rule.GetStringsValue("Name")
			r.Servers, _, _ = rule.GetStringValue("GenericDNSServers")
			rule.Close()
			rules = append(rules, r)
		}
	}
	return rules, nil
}

// writeNRPT sets our rule, and reports whether it was another, or none.
func writeNRPT(r winNRPTRule) (bool, error) {
	rules, err := readNRPT()
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(rules, r.is) {
		return false, nil
	}
	parent, _, err := registry.CreateKey(registry.LOCAL_MACHINE, winNRPT, registry.CREATE_SUB_KEY)
	if err != nil {
		return false, fmt.Errorf("setting Windows' rule for names: %w", err)
	}
	defer parent.Close()
	key, err := createVolatile(parent, r.Key)
	if err != nil {
		return false, fmt.Errorf("setting Windows' rule for names: %w", err)
	}
	defer key.Close()
	// The servers last but one, and what makes it a rule last: half of one is none.
	err = errors.Join(
		key.SetStringsValue("Name", r.Names),
		key.SetDWordValue("Version", winNRPTVersion),
		key.SetStringValue("GenericDNSServers", r.Servers),
		key.SetDWordValue("ConfigOptions", winNRPTGeneric),
	)
	if err != nil {
		return false, fmt.Errorf("setting Windows' rule for names: %w", err)
	}
	return true, nil
}

// createVolatile opens a key under parent, made where there is none, that
// Windows forgets when it is restarted (RegCreateKeyExW, REG_OPTION_VOLATILE).
func createVolatile(parent registry.Key, name string) (registry.Key, error) {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return 0, err
	}
	const volatile = 1
	var key windows.Handle
	r, _, _ := windows.NewLazySystemDLL("advapi32.dll").NewProc("RegCreateKeyExW").Call(
		uintptr(parent), uintptr(unsafe.Pointer(path)), 0, 0, volatile, registry.SET_VALUE, 0, uintptr(unsafe.Pointer(&key)), 0)
	if r != 0 {
		return 0, windows.Errno(r)
	}
	return registry.Key(key), nil
}

// removeNRPT removes our rule, and reports whether there was one.
func removeNRPT() (bool, error) {
	err := registry.DeleteKey(registry.LOCAL_MACHINE, winNRPT+`\`+winNRPTOurs)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("removing Windows' rule for names: %w", err)
	}
	return true, nil
}

func (r winNRPTRule) is(other winNRPTRule) bool {
	return strings.EqualFold(r.Key, other.Key) && slices.Equal(r.Names, other.Names) && r.Servers == other.Servers
}

// isOurs reports whether r is our rule, with whichever resolvers behind the service.
func (r winNRPTRule) isOurs(us netip.Addr) bool {
	first, _, _ := strings.Cut(r.Servers, ";")
	return strings.EqualFold(r.Key, winNRPTOurs) && slices.Equal(r.Names, []string{"."}) && first == us.String()
}
