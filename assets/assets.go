// Package assets embeds the files that ship in the programs. It holds no code
// but the directives: what a file means is for the package that reads it.
package assets

import "embed"

// Agreements holds the texts of the agreements, as PROVIDER/AUDIENCE.md and
// PROVIDER/AUDIENCE.cy.md under agreements.
//
//go:embed agreements
var Agreements embed.FS

// Profiles holds the provider profiles, as ID.toml under profiles.
//
//go:embed profiles
var Profiles embed.FS

// Lists holds the starter lists, one a category, as CATEGORY.txt under lists,
// with keep.tsv, safesearch.toml, doh.toml, catalogue.toml and testnames.tsv beside them.
//
//go:embed lists
var Lists embed.FS

// Bundles holds the lesson tools, as ID.toml under bundles.
//
//go:embed bundles
var Bundles embed.FS

// Services holds the help services, as ID.toml under services, with
// protected.toml, sensitive.toml and plumbing.toml beside them.
//
//go:embed services
var Services embed.FS

// Keys holds the public keys that files from outside are checked against, one a
// line in release.pub and licensees.pub under keys.
//
//go:embed keys
var Keys embed.FS

// Privacy holds the privacy notices, as ROLE.LANGUAGE.md under privacy.
//
//go:embed privacy
var Privacy embed.FS

// Fonts holds the typeface of the desktop program (Inter, SIL Open Font
// License), under fonts.
//
//go:embed fonts
var Fonts embed.FS

// Icons holds the line drawings of the desktop program, as NAME.svg under
// icons, and its own icon in icon.png.
//
//go:embed icons
var Icons embed.FS

// Translations holds the words of the desktop program, as LANGUAGE.json under
// translations.
//
//go:embed translations
var Translations embed.FS
