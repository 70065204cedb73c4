package packaging

import _ "embed"

// LaunchdFilter and LaunchdRestore are the jobs for launchd of a Mac: the
// service, and what gives the Mac its resolver back without it.
var (
	//go:embed macos/uk.lessonguard.filter.plist
	LaunchdFilter string
	//go:embed macos/uk.lessonguard.restore.plist
	LaunchdRestore string
)

// WindowsRestore is the task that gives a PC its resolvers back when the service
// does not run. The program's path takes the place of PROGRAM.
//
//go:embed windows/restore.xml
var WindowsRestore string
