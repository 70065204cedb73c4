// Package packaging embeds what a supervisor of services is given, so that
// lessonguardd can install itself without a package; the recipes of the packages
// and installers lie beside it. It holds no code but the directives.
package packaging

import _ "embed"

// Unit is the unit file for systemd, for a program at /usr/bin/lessonguardd.
//
//go:embed linux/lessonguard.service
var Unit string

// PolkitRules lets the service's account point systemd-resolved at itself, where
// it has no other hook.
//
//go:embed linux/uk.lessonguard.rules
var PolkitRules string
