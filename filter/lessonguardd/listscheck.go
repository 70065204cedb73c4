package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/index"
	"lessonguard/filter/lists"
)

// listsCheck says what is usable in one list, or in all those of a folder.
func listsCheck(_ context.Context, std stdio, args []string) error {
	f := flags(std, "lists check", "what is usable in a blocklist file, or in a folder of such, read as the service reads it")
	id := f.String("format", "any", "how it is written: `FORMAT` any, plain, hosts, wildcard, adblock, dnsmasq, unbound, rpz, v2fly, urls, ut1, csv:COLUMN")
	lines := f.Bool("lines", false, "judge each line on its own, one result a line")
	asJSON := f.Bool("json", false, "answer in JSON")
	words, err := parse(f, args, "FILE")
	if err != nil {
		return err
	}
	format, err := lists.ParseFormat(*id)
	if err != nil {
		return err
	}
	if *lines {
		return checkLines(std, words[0], format)
	}
	sources, err := catalogue.At(words[0])
	if err != nil {
		return err
	}
	for i := range sources {
		if sources[i].Format == "" || *id != "any" {
			sources[i].Format = *id
		}
	}
	return checkAll(std, sources, *asJSON)
}

func checkLines(std stdio, path string, format lists.Format) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: give one file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading list: %w", err)
	}
	defer file.Close()
	out := bufio.NewWriter(std.out)
	err = format.Lines(file, func(r lists.Result) error {
		_, err := fmt.Fprintln(out, r)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading list: %w", err)
	}
	return out.Flush()
}

// A checked is what "lists check" says of a file.
type checked struct {
	Format     string         `json:"format"` // of a folder of several: those that there are
	Lines      int            `json:"lines"`
	Entries    int            `json:"entries"`
	Exact      int            `json:"exact"`
	Duplicates int            `json:"duplicates"`
	Covered    int            `json:"covered"` // by a name above them
	Kept       int            `json:"kept"`    // would close much-visited names, and are refused
	Skipped    map[string]int `json:"skipped"` // lines, by reason
}

func checkAll(std stdio, sources []catalogue.Source, asJSON bool) error {
	kept, err := keptNames(shippedFiles)
	if err != nil {
		return err
	}
	c := checked{Skipped: map[string]int{}}
	var formats []string
	var unread error
	stats, err := index.Build(index.Config{Key: filter.HashKey{}, Kept: kept, Lists: []index.Source{{
		ID: "list", Names: func(add func([]byte, bool)) error {
			for _, s := range sources {
				var sum lists.Summary
				sum, unread = readList(s, func(r io.Reader, config lists.Config) (lists.Summary, error) { return lists.Read(r, config, add) })
				if unread != nil {
					return unread
				}
				c.count(sum)
				if sum.Format != "" && !slices.Contains(formats, sum.Format) {
					formats = append(formats, sum.Format)
				}
			}
			return nil
		},
	}}})
	if unread != nil {
		return unread // in its own words: there is no index here to speak of
	}
	if err != nil {
		return err
	}
	c.Format = strings.Join(formats, ", ")
	c.Duplicates, c.Covered, c.Kept = stats.Duplicates, stats.Covered, stats.SavedAll
	a := asking{json: asJSON}
	return a.show(std, c, c.text())
}

// count adds what was in one file.
func (c *checked) count(sum lists.Summary) {
	c.Lines, c.Entries, c.Exact = c.Lines+sum.Lines, c.Entries+sum.Entries, c.Exact+sum.Exact
	for r := range lists.NumReasons {
		if n := sum.Skipped[r]; n > 0 {
			c.Skipped[r.String()] += n
		}
	}
}

func (c checked) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "format            %s\nlines             %d\nentries           %d (%d for a name alone)\n", c.Format, c.Lines, c.Entries, c.Exact)
	fmt.Fprintf(&b, "duplicates        %d\ncovered           %d by a name above them\n", c.Duplicates, c.Covered)
	fmt.Fprintf(&b, "refused           %d that would close much-visited names\n", c.Kept)
	for r := range lists.NumReasons {
		if n := c.Skipped[r.String()]; n > 0 {
			fmt.Fprintf(&b, "skipped           %d %s\n", n, r)
		}
	}
	return b.String()
}
