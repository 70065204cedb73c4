package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"lessonguard/assets"
)

// A Colour is a colour by what it is for. Besides these the toolkit's own names
// can be asked of a [Theme].
type Colour = fyne.ThemeColorName

// The colours of ours. The soft ones stand behind the strong ones.
const (
	Ink        Colour = theme.ColorNameForeground
	Muted      Colour = "lessonguard-muted"
	Surface    Colour = "lessonguard-surface" // of cards
	Edge       Colour = "lessonguard-edge"    // of cards
	Rail       Colour = "lessonguard-rail"
	Ring       Colour = "lessonguard-ring" // round what has the focus
	Hero       Colour = "lessonguard-hero"
	HeroInk    Colour = "lessonguard-hero-ink"
	HeroMuted  Colour = "lessonguard-hero-muted"
	HeroRing   Colour = "lessonguard-hero-ring"
	Green      Colour = theme.ColorNameSuccess
	Blue       Colour = "lessonguard-blue"
	Amber      Colour = theme.ColorNameWarning
	Red        Colour = theme.ColorNameError
	Violet     Colour = "lessonguard-violet"
	SoftGreen  Colour = "lessonguard-soft-green"
	SoftBlue   Colour = "lessonguard-soft-blue"
	SoftAmber  Colour = "lessonguard-soft-amber"
	SoftRed    Colour = "lessonguard-soft-red"
	SoftViolet Colour = "lessonguard-soft-violet"
	OnRed      Colour = "lessonguard-on-red"
	SwitchOff  Colour = "lessonguard-switch-off"
	SwitchOn   Colour = "lessonguard-switch-on"
	Knob       Colour = "lessonguard-knob"
	scrim      Colour = "lessonguard-scrim" // before what a dialog keeps from use
)

// baseText is the size of plain text at scale 1, in the toolkit's pixels.
const baseText = 15

// A Theme is a [Look] as the toolkit wants it.
type Theme struct {
	look          Look
	regular, bold fyne.Resource
}

var _ fyne.Theme = (*Theme)(nil)

// NewTheme returns the theme of l. A scale outside its limits is the nearest
// one inside.
func NewTheme(l Look) *Theme {
	l.Scale = min(max(l.Scale, MinScale), MaxScale)
	return &Theme{look: l, regular: font("Inter-Regular.otf"), bold: font("Inter-SemiBold.otf")}
}

// font returns a font that ships in the program. That it is there is fixed when
// the program is built, so its lack is a mistake in the source.
func font(name string) fyne.Resource {
	data, err := assets.Fonts.ReadFile("fonts/" + name)
	if err != nil {
		panic(err)
	}
	return fyne.NewStaticResource(name, data)
}

// Look returns what the theme was made from.
func (t *Theme) Look() Look { return t.look }

// Color implements [fyne.Theme].
func (t *Theme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if c, ok := t.colours(v)[n]; ok {
		return c
	}
	if t.look.Palette != Auto && t.look.Palette != Light || t.look.Palette == Auto && v == theme.VariantDark {
		v = theme.VariantDark
	} else {
		v = theme.VariantLight
	}
	return theme.DefaultTheme().Color(n, v)
}

func (t *Theme) colours(v fyne.ThemeVariant) colours {
	switch {
	case t.look.Palette == HighContrast:
		return highContrast
	case t.look.Palette == Dark, t.look.Palette == Auto && v == theme.VariantDark:
		return dark
	}
	return light
}

// Font implements [fyne.Theme].
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace, s.Symbol, s.Italic:
		return theme.DefaultTheme().Font(s)
	case s.Bold:
		return t.bold
	}
	return t.regular
}

// Icon implements [fyne.Theme].
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size implements [fyne.Theme].
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return baseText * t.look.Scale
	case theme.SizeNameCaptionText:
		return 13.5 * t.look.Scale
	case theme.SizeNameHeadingText:
		return 26 * t.look.Scale
	case theme.SizeNameSubHeadingText:
		return 18 * t.look.Scale
	case theme.SizeNameInlineIcon:
		return 20 * t.look.Scale
	case theme.SizeNamePadding:
		return 5
	case theme.SizeNameInnerPadding:
		return 10
	case theme.SizeNameLineSpacing:
		return 4
	case theme.SizeNameInputBorder:
		if t.look.Palette == HighContrast {
			return 2
		}
		return 1.5
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameSelectionRadius:
		return 9
	case theme.SizeNameCardRadius, theme.SizeNameDialogRadius, theme.SizeNamePopupRadius:
		return 14
	case theme.SizeNameScrollBar, theme.SizeNameScrollBarSmall:
		return 8
	case theme.SizeNameModalBlurRadius:
		return 0 // what lies behind a question must not be a blur of somebody's words
	}
	return theme.DefaultTheme().Size(n)
}

// colour returns the colour n of the theme in force.
func colour(n Colour) color.Color {
	s := fyne.CurrentApp().Settings()
	return s.Theme().Color(n, s.ThemeVariant())
}

// Scaled returns v, a size at text scale 1, at the scale in force.
func Scaled(v float32) float32 {
	return v * fyne.CurrentApp().Settings().Theme().Size(theme.SizeNameText) / baseText
}

// highlit reports whether edges must be drawn that shades mark elsewhere.
func highlit() bool {
	t, ok := fyne.CurrentApp().Settings().Theme().(*Theme)
	return ok && t.look.Palette == HighContrast
}
