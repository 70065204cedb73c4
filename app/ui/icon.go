package ui

import (
	"bytes"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lessonguard/assets"
)

// An Icon is one of the line drawings in assets/icons, by file name without
// ending.
type Icon string

// The icons.
const (
	IconHome    Icon = "home"
	IconShield  Icon = "shield"
	IconCheck   Icon = "check"
	IconFlag    Icon = "flag"
	IconAlert   Icon = "alert"
	IconBook    Icon = "book"
	IconPhone   Icon = "phone"
	IconHelp    Icon = "help"
	IconExit    Icon = "exit"
	IconEye     Icon = "eye"
	IconPeople  Icon = "people"
	IconLock    Icon = "lock"
	IconChat    Icon = "chat"
	IconSend    Icon = "send"
	IconInfo    Icon = "info"
	IconLevels  Icon = "levels"
	IconLeft    Icon = "left"
	IconRight   Icon = "right"
	IconOpen    Icon = "open"
	IconPerson  Icon = "person"
	IconClock   Icon = "clock"
	IconPolice  Icon = "badge"
	IconDisplay Icon = "display"
	IconCross   Icon = "cross"
)

// In returns the icon in a colour of the theme, which it goes on following.
func (i Icon) In(c Colour) fyne.Resource { return lineIcon{i, c} }

// lineIcon is an outline that follows the theme: the toolkit recolours fills
// only. The colour is part of the name, by which the toolkit keeps pictures.
type lineIcon struct {
	icon   Icon
	colour Colour
}

func (l lineIcon) hex() string {
	r, g, b, _ := colour(l.colour).RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// Name implements [fyne.Resource].
func (l lineIcon) Name() string { return l.hex()[1:] + "-" + string(l.icon) + ".svg" }

// Content implements [fyne.Resource].
func (l lineIcon) Content() []byte {
	data, err := assets.Icons.ReadFile("icons/" + string(l.icon) + ".svg")
	if err != nil {
		panic(err) // a mistake in the source: icons ship in the program
	}
	return bytes.ReplaceAll(data, []byte("#000000"), []byte(l.hex()))
}

// ThemeColorName implements [fyne.ThemedResource].
func (l lineIcon) ThemeColorName() fyne.ThemeColorName { return l.colour }

// picture shows an icon, size by size at text scale 1.
func picture(i Icon, c Colour, size float32) *fyne.Container {
	return fixed(size, size, widget.NewIcon(i.In(c)))
}
