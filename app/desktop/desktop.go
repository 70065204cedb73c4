// Package desktop is what the program asks of the desktop it runs on: to be
// started with the session, to be there once only, to open a link, to have an
// administrator set the filter up.
//
// It draws nothing and knows nothing of screens, so it works and is tested
// without a display.
package desktop
