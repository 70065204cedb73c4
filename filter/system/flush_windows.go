package system

import (
	"context"
	"errors"

	"golang.org/x/sys/windows"
)

// flushCache empties the cache of the DNS Client service, as "ipconfig
// /flushdns" does: DnsFlushResolverCache of dnsapi.dll, which returns whether
// it could.
func flushCache(context.Context) error {
	flush := windows.NewLazySystemDLL("dnsapi.dll").NewProc("DnsFlushResolverCache")
	if err := flush.Find(); err != nil {
		return err
	}
	if ok, _, _ := flush.Call(); ok == 0 {
		return errors.New("emptying this PC's cache of names: Windows says that it could not")
	}
	return nil
}
