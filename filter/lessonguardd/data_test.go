package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
)

var tester = catalogue.NewSigner([32]byte{7}, [8]byte{7})

// release returns a data file of a version, with a change made to what ships.
func release(t *testing.T, version int, change func(*catalogue.Data)) string {
	t.Helper()
	d, err := catalogue.NewData(shippedFiles, version, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	change(&d)
	return string(must(d.Sign(tester)))
}

// renumber is a change that names Childline's site anew, and keeps it.
func renumber(d *catalogue.Data) {
	text := d.Files["services/childline.toml"]
	d.Files["services/childline.toml"] = strings.Replace(text, "protected = [", `protected = ["childline.example", `, 1)
}

// fetchData runs a child's fetching within this process: no release key ships
// that a test could sign with.
func fetchData(t *testing.T, c *compiler, p *publisher) (catalogue.State, catalogue.Known) {
	t.Helper()
	job := compiling{dir: c.dir, data: c.data, dataURL: p.URL + "/data", say: unwatched}
	job.known, _ = catalogue.OpenData(job.data)
	err := job.updateData(t.Context(), catalogue.FetchConfig{Dir: filepath.Join(c.dir, listFolder), HTTP: p.Client(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	states, err := catalogue.States(filepath.Join(c.dir, listFolder), []catalogue.Published{{ID: filter.DataFile}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return states[0], job.known
}

// TestDataFile: newer help services come into force while the service runs, and
// nothing that is wrong with a data file takes any away.
func TestDataFile(t *testing.T) {
	p := newPublisher(t)
	e, c := service(t)
	if s := state(t, e, filter.DataFile); s.State != filter.ListBuiltIn || !strings.Contains(s.Why, "no release key") {
		t.Errorf("without a release key: %+v", s)
	}
	c.data.Keys, c.shared = []catalogue.Key{tester.Public()}, filepath.Join(t.TempDir(), "control.data")
	is := func(n filter.Name) filter.Reason {
		t.Helper()
		x, err := e.Explain(t.Context(), filter.Question{Name: n})
		if err != nil {
			t.Fatal(err)
		}
		return x.Reason
	}
	good := release(t, catalogue.BuiltIn+1, renumber)
	for _, tt := range []struct {
		why, file string
		says      string // in the state's Why; empty: taken
	}{
		{"another's signature", strings.Replace(good, "version", "Version", 1), "does not fit"},
		{"no data", "<!DOCTYPE html>", "cut short"},
		{"without Childline", unchecked(t, func(d map[string]any) { d["removed"] = []string{"services/childline.toml"} }), "take help away"},
		{"CEOP closed", release(t, catalogue.BuiltIn+1, func(d *catalogue.Data) {
			d.Files["services/ceop.toml"] = "id = \"ceop\"\n"
		}), "take help away"},
		{"what the program cannot read", release(t, catalogue.BuiltIn+1, func(d *catalogue.Data) {
			d.Files["services/new.toml"] = "id = \"new\"\n"
		}), "no data file"},
		{"good", good, ""},
		{"the same", good, ""},
		{"newer", release(t, catalogue.BuiltIn+2, renumber), ""},
		{"rolled back", good, "not taken back"},
		{"older than the program", release(t, catalogue.BuiltIn, renumber), ""},
		{"rolled back again", good, "not taken back"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			p.does("/data", has(tt.file))
			s, _ := fetchData(t, c, p)
			if err := c.learn(); err != nil {
				t.Fatal(err)
			}
			switch {
			case tt.says == "" && s.Condition != catalogue.Fresh:
				t.Errorf("not taken: %+v", s)
			case tt.says != "" && (s.Condition != catalogue.Failed || !strings.Contains(s.Why, tt.says)):
				t.Errorf("state %+v, want failed for %q", s, tt.says)
			}
			if is("www.childline.org.uk") != filter.Protected || is("www.ceop.police.uk") != filter.Protected {
				t.Error("help is not protected any more")
			}
		})
	}
	if is("childline.example") != filter.Protected {
		t.Error("the new name is not protected")
	}
	// Every account can read the one in force, and judge it as the service has.
	if info, err := os.Stat(c.shared); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the copy for everybody: %v, %v", info, err)
	}
	copied := c.data
	if copied.Path = c.shared; must(catalogue.OpenData(copied)).Version != catalogue.BuiltIn+2 {
		t.Error("the copy for everybody is not the one in force")
	}
	if s := state(t, e, filter.DataFile); s.State != filter.ListFailed || !strings.Contains(s.Why, "not taken back") {
		t.Errorf("state %+v", s)
	}
	// One that a child took before it failed, or was stopped, is in force.
	p.does("/data", has(release(t, catalogue.BuiltIn+3, func(d *catalogue.Data) {
		d.Files["services/childline.toml"] = strings.Replace(d.Files["services/childline.toml"], "protected = [", `protected = ["childline.example", "new.example", `, 1)
	})))
	if s, _ := fetchData(t, c, p); s.Condition != catalogue.Fresh {
		t.Errorf("not taken: %+v", s)
	}
	if err := c.update(t.Context(), []string{"--no-such-flag"}, unwatched); err == nil || is("new.example") != filter.Protected {
		t.Errorf("after a child that failed: %v, %v", err, is("new.example"))
	}
	// A data file that is damaged is not in force, and fetched anew.
	if err := os.WriteFile(c.data.Path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.learn(); err != nil || is("childline.example") == filter.Protected || is("www.childline.org.uk") != filter.Protected {
		t.Errorf("damaged: %v, %v", err, is("childline.example"))
	}
	if _, err := os.Stat(c.shared); err == nil {
		t.Error("a copy of what is not in force is left")
	}
	if s := state(t, e, filter.DataFile); s.State != filter.ListFailed || !strings.Contains(s.Why, "cut short") {
		t.Errorf("state of a damaged one: %+v", s)
	}
	p.does("/data", has(release(t, catalogue.BuiltIn+3, renumber)))
	if s, _ := fetchData(t, c, p); s.Condition != catalogue.Fresh || c.learn() != nil || is("childline.example") != filter.Protected {
		t.Errorf("fetched anew: %+v, %v", s, is("childline.example"))
	}
}

// unchecked returns a data file that is signed although nobody would make it.
func unchecked(t *testing.T, change func(map[string]any)) string {
	t.Helper()
	_, text, _ := strings.Cut(release(t, catalogue.BuiltIn+1, renumber), "\n{")
	var d map[string]any
	if err := json.Unmarshal([]byte("{"+text), &d); err != nil {
		t.Fatal(err)
	}
	change(d)
	body := must(json.Marshal(d))
	return tester.Sign(body, "a test") + string(body)
}
