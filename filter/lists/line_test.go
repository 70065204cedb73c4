package lists_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"lessonguard/filter/lists"
)

// TestConformance holds every line of the table to its result.
func TestConformance(t *testing.T) {
	file, err := os.Open("testdata/conformance.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	escapes := strings.NewReplacer(`\t`, "\t", `\r`, "\r", `\ufeff`, "\ufeff", `\\`, `\`)
	tested := 0
	for rows := bufio.NewScanner(file); rows.Scan(); {
		line, want, ok := strings.Cut(rows.Text(), "\t")
		if !ok {
			continue // the table's own heading
		}
		line = escapes.Replace(line)
		if got := (lists.Format{}).Line(line).String(); got != want {
			t.Errorf("%q: %s, want %s", line, got, want)
		}
		tested++
	}
	if tested != 83 {
		t.Errorf("%d lines tested: the table is not all there", tested)
	}
}
