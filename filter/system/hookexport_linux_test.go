package system

// NewResolvConf and ResolvConfFor are for tests that set the hook on files of
// their own.
var (
	NewResolvConf = newResolvConf
	ResolvConfFor = resolvConfFor
)
