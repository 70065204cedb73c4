package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
)

// update fetches the data file and the wanted lists, which may be others after
// that, and returns how many steps there are with the compiling. One list that
// fails does not keep the others from being fetched: its state says why.
func (c *compiling) update(ctx context.Context, wanted *[]catalogue.Published) (steps int, err error) {
	config := catalogue.FetchConfig{
		Dir: filepath.Join(c.dir, listFolder), HTTP: newHTTP(newFinder(c.resolvers, c.catalogue != "")), Now: time.Now, Version: c.known.Version, Check: readsAsList,
	}
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return 0, fmt.Errorf("keeping lists: %w", err)
	}
	if c.accept == "" && len(c.data.Keys) > 0 {
		c.say(filter.Progress{List: filter.DataFile, Of: len(*wanted) + 1, Note: "fetching Lessonguard's own data"})
		if err := c.updateData(ctx, config); err != nil {
			return 0, err
		}
		config.Version = c.known.Version
		if *wanted, err = wantedLists(c.known, c.catalogue, c.closed); err != nil {
			return 0, err
		}
	}
	fetch := *wanted
	if c.accept != "" {
		config.Force = true
		fetch = nil
		for _, l := range *wanted {
			if l.ID == c.accept {
				fetch = append(fetch, l)
			}
		}
		if fetch == nil {
			return 0, fmt.Errorf("there is no published list %q among those that are kept: see lessonguardd lists show", c.accept)
		}
	}
	steps = len(fetch) + 1
	for i, l := range fetch {
		c.say(filter.Progress{List: l.ID, Done: i, Of: steps, Note: l.Title})
		config.Progress = func(p catalogue.Progress) {
			c.say(filter.Progress{List: l.ID, Done: i, Of: steps, Note: fmt.Sprintf("%s: %d KiB", l.Title, (p.Done+1023)>>10)})
		}
		state, err := catalogue.Fetch(ctx, config, l)
		if err != nil {
			return 0, err
		}
		note := fmt.Sprintf("%s: %d names", l.Title, state.Names)
		if state.Condition == catalogue.Failed {
			note = fmt.Sprintf("%s: %s", l.Title, state.Why)
		}
		c.say(filter.Progress{List: l.ID, Done: i + 1, Of: steps, Note: note})
		if c.accept != "" && state.Condition == catalogue.Failed {
			return 0, fmt.Errorf("list %s: %s", l.ID, state.Why)
		}
	}
	return steps, nil
}

// updateData fetches the data file and puts it in force, if it is good and
// newer than all that there has been.
func (c *compiling) updateData(ctx context.Context, config catalogue.FetchConfig) error {
	if !c.known.Updated {
		// There is none in force: that its publisher has none newer is no answer.
		if err := os.RemoveAll(filepath.Join(config.Dir, filter.DataFile)); err != nil {
			return fmt.Errorf("fetching data: %w", err)
		}
	}
	config.Force = true // how many files there are in it is for its signer to say
	config.Limit = 16 << 20
	config.Check = func(_ catalogue.Published, r io.Reader, _ func(string) (fs.File, error)) (int, error) {
		file, err := io.ReadAll(r)
		if err != nil {
			return 0, err
		}
		if d, err := catalogue.ParseData(file, c.data.Keys, c.known.Revoked); err == nil && d.Version <= c.data.Version {
			return 1, nil // what came with the program is as new
		}
		known, err := catalogue.InstallData(c.data, file)
		if err != nil {
			return 0, err
		}
		c.known = known
		return 1, nil
	}
	_, err := catalogue.Fetch(ctx, config, catalogue.Published{ID: filter.DataFile, URL: c.dataURL})
	return err
}

// newHTTP returns a client that trusts the certificates that this PC trusts, and
// reaches servers as f does.
func newHTTP(f *finder) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: f.dial, ForceAttemptHTTP2: true, DisableCompression: true,
		TLSHandshakeTimeout: 30 * time.Second, ResponseHeaderTimeout: 30 * time.Second, IdleConnTimeout: 30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10, MaxConnsPerHost: 2,
	}}
}
