package system

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
	"golang.zx2c4.com/wireguard/windows/tunnel/winipcfg"
)

// winInterfaces has a key for each network adapter that this PC ever had.
const winInterfaces = `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces`

// readAdapters reads all of them, also those that are unplugged.
func readAdapters() ([]winAdapter, error) {
	connected, err := adaptersUp()
	if err != nil {
		return nil, fmt.Errorf("asking Windows for its network adapters: %w", err)
	}
	types := make(map[string]uint32)
	for _, a := range connected {
		types[strings.ToLower(windows.BytePtrToString(a.AdapterName))] = a.IfType
	}
	all, err := registry.OpenKey(registry.LOCAL_MACHINE, winInterfaces, registry.ENUMERATE_SUB_KEYS)
	if errors.Is(err, registry.ErrNotExist) {
		return nil, nil // a PC that never had one
	}
	if err != nil {
		return nil, fmt.Errorf("reading the settings of the network adapters: %w", err)
	}
	defer all.Close()
	names, err := all.ReadSubKeyNames(0)
	if err != nil {
		return nil, fmt.Errorf("reading the settings of the network adapters: %w", err)
	}
	var adapters []winAdapter
	for _, name := range names {
		key, err := registry.OpenKey(all, name, registry.QUERY_VALUE)
		if err != nil {
			continue // removed in this moment
		}
		a := winAdapter{ID: strings.ToLower(name)}
		var kind uint32
		kind, a.Up = types[a.ID]
		a.VPN = kind == windows.IF_TYPE_PPP || kind == windows.IF_TYPE_TUNNEL || kind == ifTypePropVirtual
		// What is not there is empty.
		a.Set, _, _ = key.GetStringValue("NameServer")
		if dhcp, _, err := key.GetIntegerValue("EnableDHCP"); err != nil || dhcp != 0 { // what it gave stays there
			a.Given, _, _ = key.GetStringValue("DhcpNameServer")
		}
		a.Profile, _, _ = key.GetStringValue("ProfileNameServer")
		key.Close()
		adapters = append(adapters, a)
	}
	return adapters, nil
}

// ifTypePropVirtual is IF_TYPE_PROP_VIRTUAL of ipifcons.h, which Wintun's
// adapters have.
const ifTypePropVirtual = 53

// setAdapter does one change, and reads it back.
func setAdapter(c winChange) error {
	b, ok := guidBytes(c.ID)
	if !ok {
		return nil // nothing asks by it
	}
	guid := windows.GUID{
		Data1: binary.BigEndian.Uint32(b[0:]), Data2: binary.BigEndian.Uint16(b[4:]), Data3: binary.BigEndian.Uint16(b[6:]),
		Data4: [8]byte(b[8:]),
	}
	list, err := windows.UTF16PtrFromString(winList(c.Servers))
	if err != nil {
		return err
	}
	err = winipcfg.SetInterfaceDnsSettings(guid, &winipcfg.DnsInterfaceSettings{
		Version:    winipcfg.DnsInterfaceSettingsVersion1,
		Flags:      winipcfg.DnsInterfaceSettingsFlagNameserver,
		NameServer: list,
	})
	if err != nil && c.Up {
		return fmt.Errorf("setting the resolvers of network adapter %s: %w", c.ID, err)
	}
	// One that is unplugged Windows may not know: it reads the registry when that
	// comes back.
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, winInterfaces+`\`+c.ID, registry.QUERY_VALUE|registry.SET_VALUE)
	if err != nil {
		return fmt.Errorf("reading back the resolvers of network adapter %s: %w", c.ID, err)
	}
	defer key.Close()
	now, _, err := key.GetStringValue("NameServer")
	if err != nil && !errors.Is(err, registry.ErrNotExist) {
		return fmt.Errorf("reading back the resolvers of network adapter %s: %w", c.ID, err)
	}
	if winList(winServers(now)) == winList(c.Servers) {
		return nil
	}
	if err := key.SetStringValue("NameServer", winList(c.Servers)); err != nil {
		return fmt.Errorf("setting the resolvers of network adapter %s: %w", c.ID, err)
	}
	return nil
}

// tellDNSClient makes the DNS Client service read its settings again. It notices
// by itself too, so that it does not matter whether it could be told.
func tellDNSClient() {
	manager, err := mgr.Connect()
	if err != nil {
		return
	}
	defer manager.Disconnect() //nolint:errcheck // nothing to lose
	name, err := windows.UTF16PtrFromString("Dnscache")
	if err != nil {
		return
	}
	handle, err := windows.OpenService(manager.Handle, name, windows.SERVICE_PAUSE_CONTINUE)
	if err != nil {
		return
	}
	client := mgr.Service{Name: "Dnscache", Handle: handle}
	defer client.Close()
	_, _ = client.Control(svc.ParamChange)
}
