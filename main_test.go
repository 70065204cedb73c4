package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "lessonguard"

// mayImport is the whole architecture: a package imports from this module only
// what stands on its line, and a package without a line fails. Roots import
// nothing of ours, adapters their root, assemblies what they put together;
// adapters and screens never import each other.
var mayImport = map[string]string{
	// What everything may stand on: files that ship, and how files are read and written.
	"assets":         "",
	"assets/files":   "",
	"assets/records": "",
	"packaging":      "",

	// Roots: nouns and decisions.
	"filter":     "",
	"agreements": "",
	"resources":  "",

	// Adapters: one outside thing each.
	"filter/lists":        "filter",
	"filter/catalogue":    "filter assets/files assets/records",
	"filter/index":        "filter assets/files",
	"filter/resolve":      "filter",
	"filter/control":      "filter",
	"filter/system":       "filter assets/files",
	"filter/access":       "filter assets/files",
	"filter/activity":     "filter assets/files",
	"filter/checkup":      "filter assets/files",
	"agreements/texts":    "agreements assets/records",
	"agreements/ledger":   "agreements assets/files",
	"agreements/keys":     "agreements assets/files",
	"resources/seal":      "resources",
	"resources/directory": "resources assets/records",
	"resources/outbox":    "resources assets/files",
	"resources/platform":  "resources",

	// Assemblies.
	"filter/engine":         "filter filter/lists filter/catalogue filter/index filter/access assets/files",
	"resources/inbox":       "resources resources/platform resources/seal assets/files",
	"resources/inbox/store": "resources resources/inbox",
	"app/ui":                "assets",
	"app/ui/uitest":         "app/ui",
	"app/onboarding":        "app/ui agreements filter resources",
	"app/seen":              "app/ui filter",
	"app/post":              "app/ui resources",
	"app/guardian":          "app/seen app/ui agreements filter resources",
	"app/learner":           "app/post app/seen app/ui agreements filter resources",
	"app/concern":           "app/post app/ui agreements filter resources",
	"app/tutor":             "app/ui agreements filter",
	"app/desktop":           "assets/files",
	"app":                   "assets app/ui app/onboarding app/guardian app/learner app/concern app/tutor app/desktop agreements filter resources",

	// Mains: the only places that know everything.
	"":                               "*",
	"filter/lessonguardd":            "*",
	"resources/lessonguard-platform": "*",
	"tools/run":                      "app/desktop assets filter filter/control resources/directory",
	"tools/data":                     "agreements/texts assets assets/files filter filter/catalogue resources/directory",
	"tools/lab/load":                 "",
	"tools/lab/internet":             "",
	"tools/bench/lists":              "",
	"tools/bench/limits":             "",
	"tools/soak":                     "filter filter/control",
}

// homes says where alone an outside module may be imported.
var homes = map[string][]string{
	"fyne.io/":                         {"app", ""},
	"fyne.io/fyne/v2/app":              {""},
	"github.com/miekg/dns":             {"filter/resolve", "tools/bench/limits"},
	"github.com/AdguardTeam/":          {"filter/resolve"},
	"github.com/Microsoft/go-winio":    {"filter/control"},
	"github.com/BurntSushi/toml":       {"assets/records"},
	"github.com/emersion/go-autostart": {"app/desktop"},
	"github.com/zalando/go-keyring":    {"agreements/keys"},
	"filippo.io/age":                   {"resources/seal"},
	"modernc.org/sqlite":               {"resources/inbox/store", "filter/activity"},
	"github.com/jackc/pgx":             {"resources/inbox/store"},
	"github.com/getkin/kin-openapi":    {"resources/platform"},
	"github.com/oapi-codegen/":         {"resources/platform"},
	"github.com/cenkalti/backoff":      {"resources/outbox"},
	"golang.org/x/net/idna":            {"filter"},
	"golang.org/x/net/publicsuffix":    {"filter"},
	"golang.org/x/crypto/argon2":       {"filter/access"},
	"github.com/rogpeppe/go-internal":  {},
	"os/exec":                          {"filter/system", "filter/lessonguardd", "app/desktop", "tools", ""},
	"github.com/sergi/go-diff":         {"agreements/texts"},
	"github.com/vishvananda/netlink":   {"filter/system"},
	"github.com/godbus/dbus":           {"app/desktop", "filter/system"},
	"github.com/jedisct1/go-minisign":  {"filter/catalogue"},
	"golang.zx2c4.com/wireguard/":      {"filter/system"},
	"github.com/tailscale/wf":          {"filter/system"},
}

type pkg struct {
	ImportPath, Doc   string
	Imports, CgoFiles []string
	Standard          bool
}

func list(t *testing.T, goos string, args ...string) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Doc,Imports,CgoFiles,Standard"}, args...)...)
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(out); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return pkgs
}

// inModule returns the path of a package within this module; "" is the root.
func inModule(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

// broken returns what p, built for goos, imports against the tables.
func broken(goos string, p pkg) []string {
	var wrong []string
	from, _ := inModule(p.ImportPath)
	allowed, ok := mayImport[from]
	if !ok {
		wrong = append(wrong, from+" has no line in mayImport")
	}
	if p.Doc == "" {
		wrong = append(wrong, from+" has no package comment")
	}
	for _, path := range p.Imports {
		to, ours := inModule(path)
		if ours && allowed != "*" && !slices.Contains(strings.Fields(allowed), to) {
			wrong = append(wrong, goos+": "+from+" imports "+to)
		}
		for outside, homes := range homes {
			if strings.HasPrefix(path, outside) && !atHome(from, homes) {
				wrong = append(wrong, goos+": "+from+" imports "+path+", whose home is elsewhere")
			}
		}
	}
	return wrong
}

func atHome(from string, homes []string) bool {
	return slices.ContainsFunc(homes, func(home string) bool {
		return from == home || home != "" && strings.HasPrefix(from, home+"/")
	})
}

func TestLayers(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, p := range list(t, goos, "./...") {
			for _, wrong := range broken(goos, p) {
				t.Error(wrong)
			}
		}
	}
}

// TestLayersFail shows that the tables are not for show: each planted import
// is found.
func TestLayersFail(t *testing.T) {
	for _, planted := range []pkg{
		{ImportPath: "lessonguard/filter/lists", Doc: "x", Imports: []string{"lessonguard/filter/resolve"}}, // siblings
		{ImportPath: "lessonguard/filter", Doc: "x", Imports: []string{"lessonguard/filter/lists"}},         // upwards
		{ImportPath: "lessonguard/app/guardian", Doc: "x", Imports: []string{"lessonguard/app/learner"}},    // screens
		{ImportPath: "lessonguard/filter/engine", Doc: "x", Imports: []string{"github.com/miekg/dns"}},      // not its home
		{ImportPath: "lessonguard/app/ui", Doc: "x", Imports: []string{"fyne.io/fyne/v2/app"}},              // needs a display
		{ImportPath: "lessonguard/filter/util", Doc: "x"},                                                   // no line
		{ImportPath: "lessonguard/filter/lists"},                                                            // no package comment
	} {
		if got := broken("linux", planted); len(got) != 1 {
			t.Errorf("%s importing %v: found %q, want one thing", planted.ImportPath, planted.Imports, got)
		}
	}
}

// TestServiceIsSmall keeps the privileged program free of cgo and of the
// desktop, on every system it runs on.
func TestServiceIsSmall(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, p := range list(t, goos, "-deps", "./filter/lessonguardd") {
			if to, ours := inModule(p.ImportPath); ours && strings.HasPrefix(to, "app") || strings.HasPrefix(p.ImportPath, "fyne.io/") {
				t.Errorf("%s: lessonguardd depends on %s", goos, p.ImportPath)
			}
			if !p.Standard && len(p.CgoFiles) > 0 {
				t.Errorf("%s: lessonguardd depends on cgo in %s", goos, p.ImportPath)
			}
		}
	}
}
