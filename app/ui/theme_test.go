package ui_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2/theme"

	"lessonguard/app/ui"
)

// light returns the relative luminance of c (WCAG 2.2).
func light(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func contrast(a, b color.Color) float64 {
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast has text differ from what it stands on by 4.5 to 1, and the
// edges of what can be used by 3 to 1.
func TestContrast(t *testing.T) {
	const text, edge = 4.5, 3
	pairs := []struct {
		front, back ui.Colour
		least       float64
	}{
		{ui.Ink, theme.ColorNameBackground, text},
		{ui.Ink, ui.Surface, text},
		{ui.Ink, ui.Rail, text},
		{ui.Ink, theme.ColorNameButton, text},
		{ui.Ink, theme.ColorNameInputBackground, text},
		{ui.Muted, theme.ColorNameBackground, text},
		{ui.Muted, ui.Surface, text},
		{ui.Muted, ui.Rail, text},
		{ui.Blue, ui.Surface, text},
		{ui.Blue, ui.SoftViolet, text},
		{ui.Red, ui.Surface, text},
		{ui.Red, theme.ColorNameBackground, text},
		{ui.Amber, ui.Surface, text},
		{ui.Ink, ui.SoftGreen, text},
		{ui.Ink, ui.SoftBlue, text},
		{ui.Ink, ui.SoftAmber, text},
		{ui.Ink, ui.SoftRed, text},
		{ui.Ink, ui.SoftViolet, text},
		{ui.Muted, ui.SoftBlue, text},
		{ui.Green, ui.SoftGreen, text},
		{ui.Blue, ui.SoftBlue, text},
		{ui.Amber, ui.SoftAmber, text},
		{ui.Red, ui.SoftRed, text},
		{ui.Violet, ui.SoftViolet, text},
		{ui.HeroInk, ui.Hero, text},
		{ui.HeroMuted, ui.Hero, text},
		{ui.OnRed, ui.Red, text},
		{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary, text},
		{theme.ColorNamePlaceHolder, theme.ColorNameInputBackground, text},
		{theme.ColorNameInputBorder, theme.ColorNameBackground, edge},
		{theme.ColorNameInputBorder, ui.Surface, edge},
		{ui.Ring, theme.ColorNameBackground, edge},
		{ui.Ring, ui.Surface, edge},
		{ui.HeroRing, ui.Hero, edge},
		{ui.Knob, ui.Hero, edge},
	}
	for _, p := range []ui.Palette{ui.Light, ui.Dark, ui.HighContrast} {
		th := ui.NewTheme(ui.Look{Palette: p})
		for _, x := range pairs {
			got := contrast(th.Color(x.front, theme.VariantLight), th.Color(x.back, theme.VariantLight))
			if least := x.least; got < least {
				t.Errorf("%s: %s on %s is %.2f to 1, want %.1f", p, x.front, x.back, got, least)
			}
		}
	}
}

func TestLookLimits(t *testing.T) {
	for given, want := range map[float32]float32{0: 1, 0.5: 1, 1.5: 1.5, 2: 2, 9: 2} {
		if got := ui.NewTheme(ui.Look{Scale: given}).Look().Scale; got != want {
			t.Errorf("scale %v is used as %v, want %v", given, got, want)
		}
	}
}

// TestAutoFollowsTheDesktop has the colours of the variant the desktop asks for.
func TestAutoFollowsTheDesktop(t *testing.T) {
	auto := ui.NewTheme(ui.Look{})
	for variant, p := range map[uint]ui.Palette{uint(theme.VariantLight): ui.Light, uint(theme.VariantDark): ui.Dark} {
		v := theme.VariantLight
		if variant == uint(theme.VariantDark) {
			v = theme.VariantDark
		}
		want := ui.NewTheme(ui.Look{Palette: p}).Color(ui.Surface, v)
		if got := auto.Color(ui.Surface, v); got != want {
			t.Errorf("%s: %v, want %v", p, got, want)
		}
	}
}
