package control

// DefaultPath is where an installed service listens. A Mac has no /run, and
// /var/run is empty at each start: there is nobody to make a folder in it.
const DefaultPath = "/var/run/lessonguard.sock"
