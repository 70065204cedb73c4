package filter

import "context"

// A Caller is who asks something of a running filter, as the operating system
// vouches for it: never what a request says of itself.
type Caller struct {
	Account string // OS account name; the number where it has no name
	ID      string // uid, or SID on Windows
	PID     int
	// Process is one process for as long as it runs, and no other with the same
	// PID after it; empty where the system does not tell. A session is bound to
	// it, and ends with the connection on which the PIN was given.
	Process string
	// Owner is set for an administrator, and for the account the service runs
	// as: both can read and change everything the service keeps anyway.
	Owner bool
	// Guardian is set by the control server's door for a caller who has
	// unlocked with the PIN.
	Guardian bool
}

type callerKey struct{}

// WithCaller returns a copy of ctx that carries c.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom returns the caller that ctx carries. Inside the service, where
// nobody called, it is a guardian: the program itself.
func CallerFrom(ctx context.Context) Caller {
	if c, ok := ctx.Value(callerKey{}).(Caller); ok {
		return c
	}
	return Caller{Owner: true, Guardian: true}
}
