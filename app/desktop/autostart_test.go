//go:build !windows

package desktop_test

import (
	"os"
	"path/filepath"
	"testing"

	"lessonguard/app/desktop"
)

// odd are commands that have been known to be written down wrong.
var odd = []string{
	"/usr/bin/lessonguard",
	"/home/ada/My Programs/lessonguard",
	"/home/ada/(100) [percent]*?/lessonguard",
	"/home/ada/$HOME/`id`/lessonguard",
	`/home/ada/back\slash\\twice/lessonguard`,
	"/home/ada/it's <& fine>;|#~/lessonguard",
	"/home/Żółć/чат/lessonguard",
}

func TestAutostart(t *testing.T) {
	for _, path := range odd {
		t.Run(path, func(t *testing.T) {
			a := desktop.Autostart{ID: "lessonguard", Name: "Lessonguard", Command: []string{path, "--tray", "50% of $1 \\"}}
			for range 2 { // the library spoils its arguments the second time
				if err := a.Enable(); err != nil {
					t.Fatal(err)
				}
				if on, err := a.Enabled(); err != nil || !on {
					t.Fatalf("Enabled = %v, %v", on, err)
				}
			}
			moved := a
			moved.Command = []string{"/elsewhere/lessonguard"}
			if on, err := moved.Enabled(); err != nil || on {
				t.Errorf("Enabled for another program = %v, %v", on, err)
			}
			for range 2 {
				if err := a.Disable(); err != nil {
					t.Fatal(err)
				}
				if on, err := a.Enabled(); err != nil || on {
					t.Errorf("Enabled after Disable = %v, %v", on, err)
				}
			}
		})
	}
}

func TestAutostartRefuses(t *testing.T) {
	good := desktop.Autostart{ID: "lessonguard", Name: "Lessonguard", Command: []string{"/bin/true"}}
	for name, change := range map[string]func(*desktop.Autostart){
		"a path for an ID":         func(a *desktop.Autostart) { a.ID = "../lessonguard" },
		"no ID":                    func(a *desktop.Autostart) { a.ID = "" },
		"no whole path":            func(a *desktop.Autostart) { a.Command = []string{"true"} },
		"no command":               func(a *desktop.Autostart) { a.Command = nil },
		"a second line":            func(a *desktop.Autostart) { a.Command = []string{"/bin/true\nExec=/bin/false"} },
		"a name of two lines":      func(a *desktop.Autostart) { a.Name = "x\nExec=/bin/false" },
		"a quote":                  func(a *desktop.Autostart) { a.Command = []string{`/bin/"true"`} },
		"a byte that is no letter": func(a *desktop.Autostart) { a.Command = []string{"/bin/\xff"} },
	} {
		a := good
		change(&a)
		if err := a.Enable(); err == nil {
			t.Errorf("%s: enabled", name)
		}
	}
	if left, err := filepath.Glob(filepath.Join(os.Getenv(testRoom), "autostart", "*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
