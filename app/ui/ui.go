// Package ui holds what every screen is drawn with: the theme, the words, the
// layouts, and the widgets that the toolkit lacks or draws too small.
//
// It knows no screen and none of the program's nouns. Whatever takes text wraps
// it, whatever can be pressed can be reached and pressed by keyboard, and all
// sizes follow the text scale.
package ui
