package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"lessonguard/filter"
	"lessonguard/filter/index"
	"lessonguard/filter/lists"
)

// listsCheck says what is usable in one list.
func listsCheck(_ context.Context, std stdio, args []string) error {
	f := flags(std, "lists check", "what is usable in a blocklist file")
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
	if info, err := os.Stat(words[0]); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: give one file", words[0])
	}
	file, err := os.Open(words[0])
	if err != nil {
		return fmt.Errorf("reading list: %w", err)
	}
	defer file.Close()
	if *lines {
		return checkLines(std, file, format)
	}
	return checkFile(std, words[0], file, format, *asJSON)
}

func checkLines(std stdio, file io.Reader, format lists.Format) error {
	out := bufio.NewWriter(std.out)
	scan := bufio.NewScanner(file)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		fmt.Fprintln(out, format.Line(scan.Text()))
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("reading list: %w", err)
	}
	return out.Flush()
}

// A checked is what "lists check" says of a file.
type checked struct {
	Format     string         `json:"format"`
	Lines      int            `json:"lines"`
	Entries    int            `json:"entries"`
	Exact      int            `json:"exact"`
	Duplicates int            `json:"duplicates"`
	Covered    int            `json:"covered"` // by a name above them
	Kept       int            `json:"kept"`    // would close much-visited names, and are refused
	Skipped    map[string]int `json:"skipped"` // lines, by reason
}

func checkFile(std stdio, name string, file io.Reader, format lists.Format, asJSON bool) error {
	kept, err := keptNames(shippedFiles)
	if err != nil {
		return err
	}
	var sum lists.Summary
	var unread error
	stats, err := index.Build(index.Config{Key: filter.HashKey{}, Kept: kept, Lists: []index.Source{{
		ID: "list", Names: func(add func([]byte, bool)) error {
			sum, unread = lists.Read(file, lists.Config{Name: name, Format: format}, add)
			return unread
		},
	}}})
	if unread != nil {
		return unread // in its own words: there is no index here to speak of
	}
	if err != nil {
		return err
	}
	c := checked{
		Format: sum.Format, Lines: sum.Lines, Entries: sum.Entries, Exact: sum.Exact,
		Duplicates: stats.Duplicates, Covered: stats.Covered, Kept: stats.SavedAll, Skipped: map[string]int{},
	}
	for r := range lists.NumReasons {
		if n := sum.Skipped[r]; n > 0 {
			c.Skipped[r.String()] = n
		}
	}
	a := asking{json: asJSON}
	return a.show(std, c, c.text())
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
