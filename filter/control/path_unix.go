//go:build unix && !darwin

package control

// DefaultPath is where an installed service listens.
const DefaultPath = "/run/lessonguard/control.sock"
