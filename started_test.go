package main

import (
	"strings"
	"testing"
)

func TestStartedAs(t *testing.T) {
	for _, tt := range []struct {
		args string
		want flags
		fail bool
	}{
		{args: "--tray", want: flags{tray: true}},
		{args: "send", want: flags{send: true}},
		{args: "help", want: flags{help: true}},
		{args: "lessonguard://help", want: flags{help: true}},
		{args: "lessonguard://invite/KST-1", want: flags{invite: "KST-1"}},
		{args: "lessonguard://run/this", fail: true},
		{args: "lessonguard://help --tray", fail: true},
	} {
		got, err := parse(append([]string{"--config", "/c"}, strings.Fields(tt.args)...))
		got.config, got.control = "", ""
		if (err != nil) != tt.fail || !tt.fail && got != tt.want {
			t.Errorf("%s: %+v, %v, want %+v", tt.args, got, err, tt.want)
		}
	}
}
