package files

// SyncDir does nothing: NTFS journals names itself, and a directory cannot be
// flushed.
func SyncDir(string) error { return nil }
