//go:build !windows

package checkup

// readRegistry returns nothing: only Windows has a registry.
func readRegistry(string) Managed { return Managed{} }
