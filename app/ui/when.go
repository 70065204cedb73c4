package ui

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Day writes the day of t, as in "21 November 2026".
func Day(t time.Time) string {
	return strconv.Itoa(t.Day()) + " " + Text("month."+strconv.Itoa(int(t.Month()))) + " " + strconv.Itoa(t.Year())
}

// Clock writes the time of day of t, as in "17:30".
func Clock(t time.Time) string { return t.Format("15:04") }

// At writes when in the coming week t is, in a sentence that is said at now: as in
// "on Tuesday at 16:00".
func At(t, now time.Time) string {
	day := Text("at.day." + strconv.Itoa(int(t.Weekday())))
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		day = Text("at.today")
	}
	return Text("at.time", "Day", day, "Time", Clock(t))
}

// Number writes n with a comma between thousands.
func Number(n int) string {
	s := strconv.Itoa(n)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Sentence makes a sentence of the words of an error.
func Sentence(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + strings.TrimRight(words[size:], ".") + "."
}
