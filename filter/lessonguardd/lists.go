package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"lessonguard/assets/files"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/engine"
	"lessonguard/filter/index"
	"lessonguard/filter/lists"
)

// Files in the state directory that compiling writes.
const (
	indexFile = "index"
	fromFile  = "index.from" // what the index was compiled from
)

var listCommands = map[string]command{"check": listsCheck, "compile": listsCompile, "coverage": listsCoverage}

func listsCommand(ctx context.Context, std stdio, args []string) error {
	if len(args) == 0 {
		return errors.New("lists wants check, compile or coverage: see lessonguardd help")
	}
	c, ok := listCommands[args[0]]
	if !ok {
		return fmt.Errorf("there is no command %q for lists: there are check, compile and coverage", args[0])
	}
	return c(ctx, std, args[1:])
}

// listsCompile compiles the lists that ship, and those in a folder, into the
// index of a state directory. It is the child process in which lists are
// parsed.
func listsCompile(_ context.Context, std stdio, args []string) error {
	f := flags(std, "lists compile", "compile the lists into the index")
	dir := f.String("state", "", "`DIR` that keeps the index; it must exist")
	folder := f.String("lists", "", "`DIR` of blocklists, a folder for each category, named by its id")
	again := f.Bool("again", false, "compile even if nothing has changed")
	if _, err := parse(f, args); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("lists compile needs --state DIR")
	}
	key, err := engine.Key(*dir)
	if err != nil {
		return err
	}
	sources, err := allSources(*folder)
	if err != nil {
		return err
	}
	from, err := fingerprint(sources)
	if err != nil {
		return err
	}
	path := filepath.Join(*dir, indexFile)
	if !*again && unchanged(*dir, from, key) {
		fmt.Fprintln(std.out, "nothing has changed")
		return nil
	}
	kept, err := keptNames()
	if err != nil {
		return err
	}
	var pages atomic.Int64 // of restricted lists: whole sites are never closed for them
	stats, err := index.Build(index.Config{Path: path, Key: key, Kept: kept, Lists: readers(sources, func(s catalogue.Source, sum lists.Summary) {
		if s.Restricted {
			pages.Add(int64(sum.Pages()))
		}
	})})
	if err != nil {
		return err
	}
	if err := files.Write(filepath.Join(*dir, fromFile), []byte(from), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d names from %d lists, %d bytes; %d entries left out that would close well-known names\n",
		stats.Entries, len(stats.Lists), stats.Bytes, stats.SavedAll)
	if n := pages.Load(); n > 0 {
		fmt.Fprintf(std.out, "%d entries of restricted lists are single pages, which cannot be enforced by DNS\n", n)
	}
	return nil
}

// allSources returns the lists that ship and those in folder, if there is one.
func allSources(folder string) ([]catalogue.Source, error) {
	sources, err := catalogue.Starter(shippedFiles)
	if err != nil || folder == "" {
		return sources, err
	}
	licensees, err := catalogue.Licensees()
	if err != nil {
		return nil, err
	}
	more, err := catalogue.Folder(folder, licensees...)
	return append(sources, more...), err
}

func keptNames() ([]filter.Kept, error) {
	content, err := shippedContent()
	if err != nil {
		return nil, err
	}
	return catalogue.Keep(shippedFiles, content)
}

// readers hands the names of each source to the index as it asks for them. seen
// is told what was in each, where it is not nil; it is called for several lists
// at a time.
func readers(sources []catalogue.Source, seen func(catalogue.Source, lists.Summary)) []index.Source {
	var all []index.Source
	for _, s := range sources {
		at := index.Source{
			ID: s.ID, Title: s.Title, Category: s.Category, Restricted: s.Restricted, Licensed: s.Licensed, Secret: s.Secret,
		}
		if s.Hashed {
			at.Digests = func(add func([sha256.Size]byte)) error {
				return readList(s, seen, func(r io.Reader, c lists.Config) (lists.Summary, error) { return lists.ReadDigests(r, c, add) })
			}
		} else {
			at.Names = func(add func([]byte, bool)) error {
				return readList(s, seen, func(r io.Reader, c lists.Config) (lists.Summary, error) { return lists.Read(r, c, add) })
			}
		}
		all = append(all, at)
	}
	return all
}

// errRestricted is all that is said of a restricted list that cannot be read:
// not even its file's name is for a log.
var errRestricted = errors.New("restricted list cannot be read: check the files in its folder")

func readList(s catalogue.Source, seen func(catalogue.Source, lists.Summary), read func(io.Reader, lists.Config) (lists.Summary, error)) error {
	format, err := lists.ParseFormat(s.Format)
	if err != nil {
		return err
	}
	file, err := s.Files.Open(s.Path)
	if err != nil && s.Restricted {
		return errRestricted
	}
	if err != nil {
		return fmt.Errorf("reading list: %w", err)
	}
	defer file.Close()
	name := s.Path
	if s.Restricted {
		name = "restricted list"
	}
	sum, err := read(file, lists.Config{Name: name, Format: format, Include: s.Include})
	if err == nil && seen != nil {
		seen(s, sum)
	}
	return err
}

// fingerprint tells whether the same would come of compiling again: it is of
// this program, of how each list is read, and of its file's path, size and time.
func fingerprint(sources []catalogue.Source) (string, error) {
	sum := sha256.New()
	if self, err := os.Executable(); err == nil {
		if info, err := os.Stat(self); err == nil {
			fmt.Fprintln(sum, version, info.Size(), info.ModTime().UnixNano())
		}
	}
	for _, s := range sources {
		info, err := fs.Stat(s.Files, s.Path)
		if err != nil {
			return "", fmt.Errorf("reading lists: %w", err)
		}
		// What is beside a file decides too: a signature, a key, the folder's format.
		fmt.Fprintf(sum, "%q %q %t %t %x %d %d\n", s.ID, s.Format, s.Hashed, s.Licensed, sha256.Sum256(s.Secret),
			info.Size(), info.ModTime().UnixNano())
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func unchanged(dir, from string, key filter.HashKey) bool {
	last, err := os.ReadFile(filepath.Join(dir, fromFile))
	if err != nil || string(last) != from {
		return false
	}
	x, err := index.Open(filepath.Join(dir, indexFile), key)
	return err == nil && x.Close() == nil
}

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
	kept, err := keptNames()
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
