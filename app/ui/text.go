package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A Words is text on the screen. It always wraps; "**" around words makes them
// bold, unless they are somebody's own ([Written]).
type Words struct {
	widget.BaseWidget
	text    string
	written bool
	style   widget.RichTextStyle
	rich    *widget.RichText
}

var _ fyne.Accessible = (*Words)(nil)

// Title is the one heading of a page.
func Title(text string) *Words { return words(text, theme.SizeNameHeadingText, true, Ink) }

// Heading stands over a part of a page.
func Heading(text string) *Words { return words(text, theme.SizeNameSubHeadingText, true, Ink) }

// Strong is a short text of weight.
func Strong(text string) *Words { return words(text, theme.SizeNameText, true, Ink) }

// Body is plain text.
func Body(text string) *Words { return words(text, theme.SizeNameText, false, Ink) }

// Written is what somebody wrote, shown as it is: a child who writes "f**k" has
// marked nothing.
func Written(text string) *Words {
	w := Body("")
	w.written = true
	w.SetText(text)
	return w
}

// Soft is plain text that steps back.
func Soft(text string) *Words { return words(text, theme.SizeNameText, false, Muted) }

// Small explains something beside it.
func Small(text string) *Words { return words(text, theme.SizeNameCaptionText, false, Muted) }

// In colours w and returns it.
func (w *Words) In(c Colour) *Words {
	w.style.ColorName = c
	w.fill()
	return w
}

// Centred centres w and returns it.
func (w *Words) Centred() *Words {
	w.style.Alignment = fyne.TextAlignCenter
	w.fill()
	return w
}

// Trailing sets w against the right edge and returns it.
func (w *Words) Trailing() *Words {
	w.style.Alignment = fyne.TextAlignTrailing
	w.fill()
	return w
}

func words(text string, size fyne.ThemeSizeName, bold bool, c Colour) *Words {
	w := &Words{text: text, rich: widget.NewRichText(), style: widget.RichTextStyle{
		ColorName: c, SizeName: size, TextStyle: fyne.TextStyle{Bold: bold},
	}}
	w.rich.Wrapping = fyne.TextWrapWord
	w.ExtendBaseWidget(w)
	w.fill()
	return w
}

// parts returns the text in parts, of which every second is bold.
func (w *Words) parts() []string {
	if w.written {
		return []string{w.text}
	}
	return strings.Split(w.text, "**")
}

func (w *Words) fill() {
	parts := w.parts()
	w.rich.Segments = nil
	for i, part := range parts {
		style := w.style
		style.TextStyle.Bold = style.TextStyle.Bold || i%2 == 1
		style.Inline = i < len(parts)-1
		if part != "" || !style.Inline {
			w.rich.Segments = append(w.rich.Segments, &widget.TextSegment{Text: part, Style: style})
		}
	}
	w.rich.Refresh()
}

// Text returns what is shown, without marks.
func (w *Words) Text() string { return strings.Join(w.parts(), "") }

// SetText shows another text. Where that may change the height, refresh what
// holds it.
func (w *Words) SetText(text string) {
	if text == w.text {
		return
	}
	w.text = text
	w.fill()
	w.Refresh()
}

// AccessibilityLabel implements [fyne.Accessible].
func (w *Words) AccessibilityLabel() string { return w.Text() }

// AccessibilityRole implements [fyne.Accessible].
func (w *Words) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// likes implements wide: the width of the text on one line.
func (w *Words) likes() float32 {
	var width float32
	for i, part := range w.parts() {
		style := w.style.TextStyle
		style.Bold = style.Bold || i%2 == 1
		width += fyne.MeasureText(part, w.Theme().Size(w.style.SizeName), style).Width
	}
	return width + 2
}

// CreateRenderer implements [fyne.Widget].
func (w *Words) CreateRenderer() fyne.WidgetRenderer { return &wordsRenderer{w} }

// wordsRenderer cancels the toolkit's padding round text, so that text lines up
// with the edges of what is above and below it.
type wordsRenderer struct{ w *Words }

func (r *wordsRenderer) inset() float32 { return r.w.Theme().Size(theme.SizeNameInnerPadding) }

func (r *wordsRenderer) Layout(size fyne.Size) {
	p := r.inset()
	place(r.w.rich, -p, -p, size.Width+2*p, 1)
}

func (r *wordsRenderer) MinSize() fyne.Size {
	p := r.inset()
	return fyne.NewSize(0, max(0, r.w.rich.MinSize().Height-2*p))
}

func (r *wordsRenderer) Refresh()                     { r.w.rich.Refresh() }
func (r *wordsRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.w.rich} }
func (r *wordsRenderer) Destroy()                     {}

// Point is one of a list of points.
func Point(text string) fyne.CanvasObject { return Marked(Body("•"), Body(text)) }

// Marked puts a short mark before the first line of text.
func Marked(mark, text fyne.CanvasObject) fyne.CanvasObject {
	return container.New(marked{}, mark, text)
}

type marked struct{}

func (marked) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := likes(o[0])
	x := w + Scaled(9)
	place(o[0], 0, 0, w, heightAt(o[0], w))
	place(o[1], x, 0, size.Width-x, size.Height)
}

func (marked) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(likes(o[0])+Scaled(9), max(o[0].MinSize().Height, o[1].MinSize().Height))
}
