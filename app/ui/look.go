package ui

import (
	"image/color"

	"fyne.io/fyne/v2/theme"
)

// A Look is how the person wants the program to look.
type Look struct {
	Palette Palette `json:"palette"`
	Scale   float32 `json:"scale"` // of the text, [MinScale] to [MaxScale]; 0 is 1
}

// The limits of [Look.Scale]. WCAG 2.2 criterion 1.4.4 asks for twice the size.
const (
	MinScale = 1
	MaxScale = 2
)

// A Palette is a set of colours. The desktop does not say which one a person
// needs, so high contrast is a choice of its own.
type Palette string

// The palettes.
const (
	Auto         Palette = "" // light or dark, as the desktop is
	Light        Palette = "light"
	Dark         Palette = "dark"
	HighContrast Palette = "high-contrast"
)

// Palettes lists the palettes in the order they are offered.
func Palettes() []Palette { return []Palette{Auto, Light, Dark, HighContrast} }

type colours map[Colour]color.Color

func hex(v uint32) color.Color {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}

func faint(v uint32, alpha uint8) color.Color {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), alpha}
}

// The colours. Text and what it stands on differ by at least 4.5 to 1, edges of
// what can be used by 3 to 1 (WCAG 2.2 criteria 1.4.3 and 1.4.11).
var (
	light = colours{
		theme.ColorNameBackground: hex(0xF5F7FB), Ink: hex(0x17202E), theme.ColorNamePrimary: hex(0x1D5FD1),
		theme.ColorNameForegroundOnPrimary: hex(0xFFFFFF), theme.ColorNameButton: hex(0xE6ECF6),
		theme.ColorNameHover: faint(0x1D5FD1, 0x14), theme.ColorNameFocus: faint(0x1D5FD1, 0x30),
		theme.ColorNameInputBackground: hex(0xFFFFFF), theme.ColorNameInputBorder: hex(0x76859B),
		theme.ColorNameSeparator: hex(0xE1E7F0), theme.ColorNameShadow: faint(0x102448, 0x20),
		theme.ColorNameOverlayBackground: hex(0xFFFFFF), theme.ColorNameMenuBackground: hex(0xFFFFFF),
		theme.ColorNamePlaceHolder: hex(0x5C6B80), theme.ColorNameScrollBar: hex(0x8A97AB),
		theme.ColorNameScrollBarBackground: hex(0xEDF1F8), theme.ColorNameSelection: faint(0x1D5FD1, 0x40),
		theme.ColorNameDisabled: hex(0x6B788C), theme.ColorNameDisabledButton: hex(0xE6EAF1),
		Surface: hex(0xFFFFFF), Edge: hex(0xDDE4EE), Muted: hex(0x526075), Rail: hex(0xFFFFFF), Ring: hex(0x1D5FD1),
		Hero: hex(0x1B3A73), HeroInk: hex(0xFFFFFF), HeroMuted: hex(0xD6E2F8), HeroRing: hex(0xFFD34D),
		Green: hex(0x11704A), Blue: hex(0x1D5FD1), Amber: hex(0x8F5100), Red: hex(0xB3261E), Violet: hex(0x6A3FB5),
		SoftGreen: hex(0xE2F4EA), SoftBlue: hex(0xE5EEFC), SoftAmber: hex(0xFDF0DA), SoftRed: hex(0xFBE6E4),
		SoftViolet: hex(0xEFE8FB), OnRed: hex(0xFFFFFF), SwitchOff: hex(0x8A97AB), SwitchOn: hex(0x2FB574), Knob: hex(0xFFFFFF),
		scrim: faint(0x0C1524, 0x8C),
	}
	dark = colours{
		theme.ColorNameBackground: hex(0x10151E), Ink: hex(0xE9EEF6), theme.ColorNamePrimary: hex(0x7FB0FF),
		theme.ColorNameForegroundOnPrimary: hex(0x0B1B36), theme.ColorNameButton: hex(0x2A3546),
		theme.ColorNameHover: faint(0x7FB0FF, 0x1C), theme.ColorNameFocus: faint(0x7FB0FF, 0x40),
		theme.ColorNameInputBackground: hex(0x131923), theme.ColorNameInputBorder: hex(0x73839C),
		theme.ColorNameSeparator: hex(0x2A3444), theme.ColorNameShadow: faint(0x000000, 0x66),
		theme.ColorNameOverlayBackground: hex(0x1A212D), theme.ColorNameMenuBackground: hex(0x1A212D),
		theme.ColorNamePlaceHolder: hex(0x9AA8BC), theme.ColorNameScrollBar: hex(0x73839C),
		theme.ColorNameScrollBarBackground: hex(0x1A212D), theme.ColorNameSelection: faint(0x7FB0FF, 0x50),
		theme.ColorNameDisabled: hex(0x8996A9), theme.ColorNameDisabledButton: hex(0x222B3A),
		Surface: hex(0x1A212D), Edge: hex(0x2E394B), Muted: hex(0xA6B3C7), Rail: hex(0x151B26), Ring: hex(0x9CC3FF),
		Hero: hex(0x1C3564), HeroInk: hex(0xFFFFFF), HeroMuted: hex(0xD6E2F8), HeroRing: hex(0xFFD34D),
		Green: hex(0x5FD39A), Blue: hex(0x8AB7FF), Amber: hex(0xF2B65A), Red: hex(0xFF8A80), Violet: hex(0xC0A2FF),
		SoftGreen: hex(0x163226), SoftBlue: hex(0x1B2B47), SoftAmber: hex(0x3A2D16), SoftRed: hex(0x3D2122),
		SoftViolet: hex(0x2C2345), OnRed: hex(0x2B0906), SwitchOff: hex(0x8A97AB), SwitchOn: hex(0x2FB574), Knob: hex(0xFFFFFF),
		scrim: faint(0x000000, 0xA0),
	}
	highContrast = colours{
		theme.ColorNameBackground: hex(0x000000), Ink: hex(0xFFFFFF), theme.ColorNamePrimary: hex(0xFFE14A),
		theme.ColorNameForegroundOnPrimary: hex(0x000000), theme.ColorNameButton: hex(0x000000),
		theme.ColorNameHover: faint(0xFFFFFF, 0x30), theme.ColorNameFocus: faint(0xFFE14A, 0x50),
		theme.ColorNameInputBackground: hex(0x000000), theme.ColorNameInputBorder: hex(0xFFFFFF),
		theme.ColorNameSeparator: hex(0xFFFFFF), theme.ColorNameShadow: faint(0x000000, 0xC0),
		theme.ColorNameOverlayBackground: hex(0x000000), theme.ColorNameMenuBackground: hex(0x000000),
		theme.ColorNamePlaceHolder: hex(0xE0E0E0), theme.ColorNameScrollBar: hex(0xFFFFFF),
		theme.ColorNameScrollBarBackground: hex(0x000000), theme.ColorNameSelection: faint(0xFFE14A, 0x70),
		theme.ColorNameDisabled: hex(0xC4C4C4), theme.ColorNameDisabledButton: hex(0x000000),
		Surface: hex(0x000000), Edge: hex(0xFFFFFF), Muted: hex(0xFFFFFF), Rail: hex(0x000000), Ring: hex(0x4AD9FF),
		Hero: hex(0x000000), HeroInk: hex(0xFFFFFF), HeroMuted: hex(0xFFFFFF), HeroRing: hex(0x4AD9FF),
		Green: hex(0x6BFFB0), Blue: hex(0x8FD0FF), Amber: hex(0xFFD24A), Red: hex(0xFFA8A0), Violet: hex(0xE0CCFF),
		SoftGreen: hex(0x000000), SoftBlue: hex(0x000000), SoftAmber: hex(0x000000), SoftRed: hex(0x000000),
		SoftViolet: hex(0x000000), OnRed: hex(0x000000), SwitchOff: hex(0x000000), SwitchOn: hex(0x1F8F56), Knob: hex(0xFFFFFF),
		scrim: faint(0x000000, 0xC8),
	}
)
