package catalogue

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"

	"lessonguard/filter"
)

// MustStay returns the names in a folder of lists that have to stay reachable,
// of _allow/must-stay-reachable.tsv there. A folder without is [fs.ErrNotExist].
func MustStay(dir string) (names []filter.Name, err error) {
	err = rows(os.DirFS(dir), "_allow/must-stay-reachable.tsv", func(_, name string) error {
		n, err := filter.ParseName(name)
		names = append(names, n)
		return err
	})
	return names, err
}

// Visited returns the names in a folder of lists that the most people visit:
// Cloudflare's first 10,000, as MISP's warning lists have them. A folder
// without is [fs.ErrNotExist].
func Visited(dir string) (names []filter.Name, err error) {
	const path = "_popularity/MISP_misp-warninglists__lists_cloudflare-top10k_list.json"
	data, err := fs.ReadFile(os.DirFS(dir), path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	var file struct{ List []string }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	for _, text := range file.List {
		if n, err := filter.ParseName(text); err == nil { // there are a few addresses among them
			names = append(names, n)
		}
	}
	return names, nil
}
