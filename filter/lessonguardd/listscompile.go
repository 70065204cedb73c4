package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/engine"
	"lessonguard/filter/index"
	"lessonguard/filter/lists"
)

// What compiling keeps in the state directory.
const (
	indexFile  = "index"
	fromFile   = "index.from" // what the index was compiled from
	listFolder = "lists"      // copies of published lists, a folder for each
)

// A compiling is one run of "lists compile": the child process in which lists
// are fetched, unpacked and parsed.
type compiling struct {
	dir       string // the state directory
	folder    string // of lists that are on this PC; empty: none
	catalogue string // file of published lists, in the place of the program's own; empty: those
	again     bool
	fetch     bool
	accept    string            // id of the only list to fetch, however it has changed; empty: all
	closed    filter.Categories // whose published lists are wanted
	resolvers []netip.AddrPort  // to ask where the publishers' servers are; none: as this PC does
	child     bool              // of the service
	data      catalogue.DataConfig
	dataURL   string

	say   func(filter.Progress)
	known catalogue.Known
}

// listsCompile compiles the lists that ship, those that were fetched, and those
// in a folder, into the index of a state directory.
func listsCompile(ctx context.Context, std stdio, args []string) error {
	c := compiling{closed: everyCategory, dataURL: catalogue.DataURL}
	f := flags(std, "lists compile", "compile the lists into the index")
	c.add(f)
	if _, err := parse(f, args); err != nil {
		return err
	}
	if c.dir == "" {
		return errors.New("lists compile needs --state DIR")
	}
	var err error
	if c.data, err = dataConfig(c.dir); err != nil {
		return err
	}
	c.say = func(p filter.Progress) { fmt.Fprintln(std.out, p.Note) }
	if !c.child { // the service tells its child which folder, and for its first index none
		c.folder = ownLists(c.folder, c.dir)
	}
	if c.child {
		if err := limitSelf(); err != nil {
			return fmt.Errorf("limiting the child process: %w", err)
		}
		events := json.NewEncoder(std.out)
		c.say = func(p filter.Progress) { _ = events.Encode(p) } // a service that is gone ends us by the other pipe
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		go func() {
			defer cancel()
			_, _ = io.Copy(io.Discard, std.in)
		}()
	}
	return c.run(ctx)
}

// everyCategory is what lists are compiled for where nobody says.
const everyCategory = filter.Categories(1<<filter.NumCategories - 1)

func (c *compiling) add(f *flag.FlagSet) {
	f.StringVar(&c.dir, "state", "", "`DIR` that keeps the index; it must exist")
	f.StringVar(&c.folder, "lists", "", listsUsage)
	f.BoolVar(&c.again, "again", false, "compile even if nothing has changed")
	f.BoolVar(&c.fetch, "fetch", false, "fetch the published lists before, as far as they are new")
	f.StringVar(&c.accept, "accept", "", "fetch only the list with this `ID`, and take it although it has changed by more than half")
	f.StringVar(&c.catalogue, "catalogue", "", "`FILE` of published lists, in the place of those that the program knows")
	f.Func("closed", "`CATEGORIES` whose published lists are wanted, with commas between them (default: all)", func(s string) error {
		c.closed = 0
		for id := range strings.SplitSeq(s, ",") {
			if id == "" {
				continue
			}
			category, err := filter.ParseCategory(id)
			if err != nil {
				return err
			}
			c.closed |= filter.CategoriesOf(category)
		}
		return nil
	})
	f.Func("resolver", "`ADDRESS:PORT` of a resolver to ask for the publishers' servers; may be given again (default: as this PC does)", func(s string) error {
		at, err := netip.ParseAddrPort(s)
		c.resolvers = append(c.resolvers, at)
		return err
	})
	f.BoolVar(&c.child, "child", false, "for the service: within limits, with progress in JSON, and until standard input ends")
}

// run fetches, if that is wanted, and compiles. Whatever fails, the last good
// index stays.
func (c *compiling) run(ctx context.Context) error {
	key, err := engine.Key(c.dir)
	if err != nil {
		return err
	}
	// What is wrong with the data file is for the service to say: what ships is
	// in force in its place.
	c.known, _ = catalogue.OpenData(c.data)
	wanted, err := wantedLists(c.known, c.catalogue, c.closed)
	if err != nil {
		return err
	}
	steps := 1
	if c.fetch || c.accept != "" {
		if steps, err = c.update(ctx, &wanted); err != nil {
			return err
		}
	}
	c.say(filter.Progress{Done: steps - 1, Of: steps, Note: "putting the lists together"})
	result, err := c.compile(ctx, key, wanted)
	if err != nil {
		return err
	}
	c.say(filter.Progress{Done: steps, Of: steps, Note: result})
	return nil
}

// wantedLists returns the published lists that are kept for the categories in
// closed: by the file of a catalogue, or the one in known.
func wantedLists(known fs.FS, file string, closed filter.Categories) ([]catalogue.Published, error) {
	if file != "" {
		known = named{"lists/catalogue.toml", file}
	}
	all, err := catalogue.Catalogue(known)
	if err != nil {
		return nil, err
	}
	return catalogue.Wanted(all, closed), nil
}

// named is one file that is read by another name.
type named struct{ name, path string }

// Open implements [fs.FS].
func (n named) Open(name string) (fs.File, error) {
	if name != n.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return os.Open(n.path)
}

// compile compiles what there is, and says what came of it. A copy that can no
// longer be read is given up, not the others with it.
func (c *compiling) compile(ctx context.Context, key filter.HashKey, wanted []catalogue.Published) (string, error) {
	for {
		fetched, err := catalogue.Fetched(filepath.Join(c.dir, listFolder), wanted, time.Now())
		if err != nil {
			return "", err
		}
		result, err := c.compileWith(key, fetched)
		bad := (*sourceError)(nil)
		if ctx.Err() != nil || !errors.As(err, &bad) || !isFetched(fetched, bad.id) {
			return result, err
		}
		if err := catalogue.Drop(filepath.Join(c.dir, listFolder), bad.id, "its copy can no longer be read: "+bad.Error(), time.Now()); err != nil {
			return "", err
		}
	}
}

func isFetched(fetched []catalogue.Source, id string) bool {
	for _, s := range fetched {
		if s.ID == id {
			return true
		}
	}
	return false
}

func (c *compiling) compileWith(key filter.HashKey, fetched []catalogue.Source) (string, error) {
	sources, err := allSources(c.folder)
	if err != nil {
		return "", err
	}
	sources = append(sources, fetched...)
	from, err := fingerprint(c.known.Version, sources)
	if err != nil {
		return "", err
	}
	if !c.again && unchanged(c.dir, from, key) {
		return "nothing has changed", nil
	}
	kept, err := keptNames(c.known)
	if err != nil {
		return "", err
	}
	stats, err := index.Build(index.Config{Path: filepath.Join(c.dir, indexFile), Key: key, Kept: kept, Lists: readers(sources, nil)})
	if err != nil {
		return "", err
	}
	if err := files.Write(filepath.Join(c.dir, fromFile), []byte(from), 0o600); err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d names from %d lists, %d bytes; %d entries left out that would close well-known names",
		stats.Entries, len(stats.Lists), stats.Bytes, stats.SavedAll)
	pages := 0
	for _, l := range stats.Lists {
		pages += l.Pages
	}
	if pages > 0 {
		fmt.Fprintf(&b, "\n%d entries of restricted lists are single pages, which cannot be enforced by DNS", pages)
	}
	if n := exposed(sources); n > 0 {
		fmt.Fprintf(&b, "\n%d files of restricted lists can be read by other accounts of this PC: let the service alone read them (chmod 600)", n)
	}
	return b.String(), nil
}

// exposed counts the restricted lists whose files others than their owner may
// read. Windows says it in another way than by these bits.
func exposed(sources []catalogue.Source) (n int) {
	for _, s := range sources {
		if info, err := fs.Stat(s.Files, s.Path); s.Restricted && err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			n++
		}
	}
	return n
}

func unchanged(dir, from string, key filter.HashKey) bool {
	last, err := os.ReadFile(filepath.Join(dir, fromFile))
	if err != nil || string(last) != from {
		return false
	}
	x, err := index.Open(filepath.Join(dir, indexFile), key)
	return err == nil && x.Close() == nil
}

// readsAsList reads what was fetched as it will be for the index, and counts its
// names.
func readsAsList(l catalogue.Published, list io.Reader, include func(string) (fs.File, error)) (int, error) {
	format, err := lists.ParseFormat(l.Format)
	if err != nil {
		return 0, err
	}
	sum, err := lists.Read(bufio.NewReader(list), lists.Config{Name: l.ID, Format: format, Include: include}, func([]byte, bool) {})
	return sum.Entries, err
}
