package system

import "context"

// FlushCache makes the operating system forget the names that it has looked up,
// so that what is closed from now on is closed at once. Programs have caches of
// their own, a browser's for about a minute, which nobody else can empty.
func FlushCache(ctx context.Context) error { return flushCache(ctx) }
