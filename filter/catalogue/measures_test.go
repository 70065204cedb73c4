package catalogue_test

import (
	"errors"
	"io/fs"
	"slices"
	"testing"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
)

func TestMeasures(t *testing.T) {
	dir := folder(t, map[string]string{
		"_allow/must-stay-reachable.tsv":                                        "# group\tname\nschool\tSchool.example\n",
		"_popularity/MISP_misp-warninglists__lists_cloudflare-top10k_list.json": `{"name": "top", "list": ["top.example", "192.0.2.1:x", "two.example"]}`,
	})
	if got, err := catalogue.MustStay(dir); err != nil || !slices.Equal(got, []filter.Name{"school.example"}) {
		t.Errorf("MustStay = %v, %v", got, err)
	}
	if got, err := catalogue.Visited(dir); err != nil || !slices.Equal(got, []filter.Name{"top.example", "two.example"}) {
		t.Errorf("Visited = %v, %v", got, err)
	}
	none := t.TempDir()
	_, must := catalogue.MustStay(none)
	_, visited := catalogue.Visited(none)
	if !errors.Is(must, fs.ErrNotExist) || !errors.Is(visited, fs.ErrNotExist) {
		t.Errorf("in an empty folder: %v, %v, want ErrNotExist", must, visited)
	}
}
