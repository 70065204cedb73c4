package packaging_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lessonguard/packaging"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestUnitIsConfined has systemd judge the unit: from 0, confined, to 10.
func TestUnitIsConfined(t *testing.T) {
	out, err := exec.Command("systemd-analyze", "--version").Output()
	number := regexp.MustCompile(`^systemd (\d+)`).FindSubmatch(out)
	if err != nil || number == nil {
		t.Skip("systemd-analyze is not here")
	}
	if n, _ := strconv.Atoi(string(number[1])); n < 252 {
		t.Skipf("systemd %d is older than 252", n)
	}
	path := filepath.Join(t.TempDir(), "lessonguard.service")
	if err := os.WriteFile(path, []byte(packaging.Unit), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", path).CombinedOutput()
	level := regexp.MustCompile(`exposure level for lessonguard.service: ([0-9.]+)`).FindSubmatch(said)
	if err != nil || level == nil {
		t.Fatalf("systemd-analyze: %v\n%s", err, said)
	}
	if got, _ := strconv.ParseFloat(string(level[1]), 64); got >= 2 {
		t.Errorf("exposure %v, want below 2:\n%s", got, said)
	}
}

// TestUnitNeverGivesUp holds what a family without internet would be owed to.
func TestUnitNeverGivesUp(t *testing.T) {
	for _, line := range []string{
		"StartLimitIntervalSec=0", "Restart=always", "RestartSec=200ms", "Type=notify", "User=lessonguard", "LimitCORE=0",
		"ExecStartPre=-+/usr/bin/lessonguardd restore", "ExecStopPost=+/usr/bin/lessonguardd restore",
		"AmbientCapabilities=CAP_NET_ADMIN CAP_NET_BIND_SERVICE", "CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_BIND_SERVICE",
		"StateDirectoryMode=0700", "RuntimeDirectoryMode=0755",
	} {
		if !strings.Contains(packaging.Unit, "\n"+line) {
			t.Errorf("the unit lacks %s", line)
		}
	}
	watchdog := regexp.MustCompile(`\nWatchdogSec=(\d+)s\n`).FindStringSubmatch(packaging.Unit)
	if watchdog == nil {
		t.Fatal("the unit has no watchdog in seconds")
	}
	if s, _ := strconv.Atoi(watchdog[1]); s > 5 {
		t.Errorf("a filter that hangs is ended after %d s, want 5 at most", s)
	}
}

// TestScriptsAreScripts has every shell read what it is given.
func TestScriptsAreScripts(t *testing.T) {
	for shell, pattern := range map[string]string{
		"sh": "linux/*.sh", "bash": "completions/*.bash", "zsh": "completions/_*", "fish": "completions/*.fish",
	} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v, %v", pattern, paths, err)
		}
		if _, err := exec.LookPath(shell); err != nil {
			t.Logf("skipped: %s is not here to read %s", shell, pattern)
			continue
		}
		for _, path := range paths {
			if out, err := exec.Command(shell, "-n", path).CombinedOutput(); err != nil {
				t.Errorf("%s -n %s: %v\n%s", shell, path, err, out)
			}
		}
	}
}

// TestEveryCommandIsKnown has the manual and each completion name every command.
func TestEveryCommandIsKnown(t *testing.T) {
	source := read(t, "../filter/lessonguardd/main.go")
	commands := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  lessonguardd (\w+)`).FindAllStringSubmatch(source, -1) {
		commands[m[1]] = true
	}
	if len(commands) < 10 {
		t.Fatalf("the usage names only %v", commands)
	}
	for _, path := range []string{"man/lessonguardd.8", "completions/lessonguardd.bash", "completions/_lessonguardd", "completions/lessonguardd.fish"} {
		text := read(t, path)
		for c := range commands {
			if c != "version" && !regexp.MustCompile(`\b`+c+`\b`).MatchString(text) {
				t.Errorf("%s does not name %s", path, c)
			}
		}
	}
}

// TestPolicyKeepsNothing has the system ask for a password every time: a learner
// who sits down a minute later must not get what a guardian's opened.
func TestPolicyKeepsNothing(t *testing.T) {
	text := read(t, "linux/uk.lessonguard.policy")
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Count(text, "<allow_active>auth_admin</allow_active>"), strings.Count(text, "<action "); got != want || want == 0 {
		t.Errorf("%d of %d actions ask for an administrator each time", got, want)
	}
	if strings.Contains(text, "_keep</") || strings.Contains(text, "<allow_any>yes") {
		t.Error("an answer is kept, or not asked for")
	}
}

// TestNobodyIsBetrayed has every way off this PC say the same of what waits to be
// sent, whether or not anything does.
func TestNobodyIsBetrayed(t *testing.T) {
	const said = "Anything the learner asked to send and that could not go yet stays in their own account's folder; "
	for _, path := range []string{"../filter/lessonguardd/uninstall.go", "windows/lessonguard.nsi"} {
		if !strings.Contains(read(t, path), said) {
			t.Errorf("%s does not say %q", path, said)
		}
	}
	script := read(t, "linux/preremove.sh")
	// Root ends it, for an account can stop its own processes and with them the removal.
	if !strings.Contains(script, "\ttimeout -k 2 20 setsid -w runuser ") {
		t.Error("whoever is sent for can hold the removal up")
	}
	if !strings.Contains(script, ">/dev/null 2>&1 &") || !strings.Contains(script, "uninstall --keep") {
		t.Error("what sending says may be read, or the sentence is not said")
	}
}
