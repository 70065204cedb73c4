package main

import (
	"path/filepath"
	"strings"
	"testing"

	"lessonguard/resources"
)

// TestErase erases a message and then the family, from beside the platform
// while it runs.
func TestErase(t *testing.T) {
	h := build(t)
	report := resources.Report{About: resources.AboutFriend, Words: "words", TellHome: resources.TellHomeYes}
	first := h.tell(t, resources.KindReport, resources.AboutFriend, report)
	second := h.tell(t, resources.KindReport, resources.AboutFriend, report)
	if list := command(t, "families", "--state", h.dir); !strings.HasPrefix(list, h.family.Household+"  joined ") || strings.Count(list, "\n") != 1 {
		t.Errorf("families: %s", list)
	}
	command(t, "erase", "--state", h.dir, "--message", first)
	if list := h.page(t, "/", nil); strings.Contains(list, first) || !strings.Contains(list, second) {
		t.Errorf("after erasing the first: %s", list)
	}
	fails(t, "nothing was erased", "erase", "--state", h.dir, "--message", first)
	fails(t, "nothing was erased", "erase", "--state", h.dir, "--family", "x")
	fails(t, "32 of the digits", "erase", "--state", h.dir, "--message", "7KQ2")
	fails(t, "--message ID", "erase", "--state", h.dir)
	fails(t, "--message ID", "erase", "--state", h.dir, "--message", second, "--family", "x")
	fails(t, "--state", "erase", "--message", second)
	fails(t, "start it once", "families", "--state", filepath.Join(t.TempDir(), "nowhere"))
	command(t, "erase", "--state", h.dir, "--family", h.family.Household)
	if list := h.page(t, "/", nil); strings.Contains(list, second) {
		t.Errorf("after erasing the family: %s", list)
	}
	if err := h.client.Hello(t.Context(), h.family.SubmitToken); err == nil {
		t.Error("the family's token still works")
	}
}

// TestEraseAfter says how long opened messages stay, and takes no nonsense.
func TestEraseAfter(t *testing.T) {
	dir := t.TempDir()
	args := func(more ...string) []string {
		return append([]string{"--state", filepath.Join(dir, "state"), "--practice", "--listen", "127.0.0.1:0"}, more...)
	}
	fails(t, "--erase-after", args("--erase-after", "-1")...)
	for _, tt := range []struct{ days, want string }{{"0", "kept until you erase them"}, {"365", "erased 365 days after"}} {
		out, stop := start(t, args("--erase-after", tt.days)...)
		out.find(t, "("+tt.want+")")
		stop()
	}
}
