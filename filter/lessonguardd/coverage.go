package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/index"
	"lessonguard/filter/lists"
)

// A coverage is what "lists coverage" measures.
type coverage struct {
	Categories []categoryCoverage `json:"categories"`
	Names      int                `json:"names"` // in the union of all lists
	Saves      []index.Save       `json:"saves,omitempty"`
	SavesAll   int                `json:"savesAll"`
	Top        []topCoverage      `json:"top,omitempty"`
	MustStay   *mustStay          `json:"mustStay,omitempty"`
}

type categoryCoverage struct {
	Category filter.Category `json:"category"`
	Services int             `json:"services"` // of the starter list
	Starter  int             `json:"starter"`  // its entries
	Lists    int             `json:"lists"`    // others
	Entries  int             `json:"entries"`  // of those
}

// topCoverage is how many of the most visited names are closed in a lesson.
type topCoverage struct {
	Of     int                     `json:"of"`
	Closed int                     `json:"closed"`
	By     map[filter.Category]int `json:"by"`
	Names  []string                `json:"names,omitempty"` // of the shortest ranking
}

// mustStay is how many names that must stay reachable are closed in a lesson.
type mustStay struct {
	Of     int      `json:"of"`
	Closed []string `json:"closed"`
}

// listsCoverage says what the lists that ship cover, and what real lists add
// where there are any.
func listsCoverage(_ context.Context, std stdio, args []string) error {
	f := flags(std, "lists coverage", "what the lists that ship cover, and what real lists add")
	folder := f.String("lists", os.Getenv("LESSONGUARD_LISTS"), "`DIR` of real lists, a folder for each category (default: LESSONGUARD_LISTS)")
	asJSON := f.Bool("json", false, "answer in JSON")
	if _, err := parse(f, args); err != nil {
		return err
	}
	c, err := measure(*folder)
	if err != nil {
		return err
	}
	a := asking{json: *asJSON}
	return a.show(std, c, c.text())
}

func measure(folder string) (coverage, error) {
	var c coverage
	content, err := shippedContent()
	if err != nil {
		return c, err
	}
	kept, err := catalogue.Keep(shippedFiles, content)
	if err != nil {
		return c, err
	}
	sources, err := allSources(folder)
	if err != nil {
		return c, err
	}
	c.Categories = make([]categoryCoverage, filter.NumCategories)
	for i := range c.Categories {
		c.Categories[i].Category = filter.Category(i)
	}
	var mu sync.Mutex // lists are read several at a time
	count := func(s catalogue.Source, sum lists.Summary) {
		if s.Restricted {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		at := &c.Categories[s.Category]
		if s.Services > 0 {
			at.Services, at.Starter = s.Services, sum.Entries
		} else {
			at.Lists, at.Entries = at.Lists+1, at.Entries+sum.Entries
		}
	}
	dir, err := os.MkdirTemp("", "lessonguard-coverage-")
	if err != nil {
		return c, fmt.Errorf("measuring coverage: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary copy: nothing to lose
	path, key := filepath.Join(dir, indexFile), filter.NewHashKey([16]byte{})
	stats, err := index.Build(index.Config{Path: path, Key: key, Lists: readers(sources, count), Kept: kept})
	if err != nil {
		return c, err
	}
	c.Names, c.Saves, c.SavesAll = stats.Entries, stats.Saved, stats.SavedAll
	x, err := index.Open(path, key)
	if err != nil {
		return c, err
	}
	defer x.Close()
	if folder == "" {
		return c, nil
	}
	decide := lessonDecider(x, key, content)
	for _, n := range []string{"1k", "10k"} {
		if err := c.addTop(folder, n, decide); err != nil {
			return c, err
		}
	}
	return c, c.addMustStay(folder, decide)
}

// lessonDecider decides as for a learner with the default policy in a lesson
// without distractions.
func lessonDecider(x *index.Index, key filter.HashKey, content filter.Content) func(filter.Name) filter.Verdict {
	r := filter.NewRules(filter.RulesConfig{
		Policy: filter.DefaultPolicy(), Content: content, Lesson: filter.Lesson{On: true, Style: filter.NoDistractions},
		Key: key, Published: x,
	})
	var s filter.Suffixes
	return func(n filter.Name) filter.Verdict {
		key.Text(n, &s)
		return r.Decide(filter.Strictest, &s, 1, time.Now())
	}
}

func (c *coverage) addTop(folder, n string, decide func(filter.Name) filter.Verdict) error {
	path := filepath.Join(folder, "_popularity", "MISP_misp-warninglists__lists_cloudflare-top"+n+"_list.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading ranking: %w", err)
	}
	var file struct {
		List []string `json:"list"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return fmt.Errorf("reading ranking %s: %w", path, err)
	}
	top := topCoverage{By: map[filter.Category]int{}}
	for _, line := range file.List {
		name, err := filter.ParseName(line)
		if err != nil {
			continue // rankings hold a few addresses
		}
		top.Of++
		v := decide(name)
		if v.Action != filter.Block {
			continue
		}
		top.Closed++
		if v.Reason == filter.Listed {
			top.By[v.Category]++
		}
		if n == "1k" {
			why := v.Reason.String()
			if v.Reason == filter.Listed {
				why = v.Category.String()
			}
			top.Names = append(top.Names, string(name)+" ("+why+")")
		}
	}
	c.Top = append(c.Top, top)
	return nil
}

func (c *coverage) addMustStay(folder string, decide func(filter.Name) filter.Verdict) error {
	data, err := os.ReadFile(filepath.Join(folder, "_allow", "must-stay-reachable.tsv"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading names that must stay: %w", err)
	}
	c.MustStay = &mustStay{Closed: []string{}}
	for line := range strings.Lines(string(data)) {
		group, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(group, "#") {
			continue
		}
		name, err := filter.ParseName(text)
		if err != nil {
			return fmt.Errorf("reading names that must stay: %w", err)
		}
		c.MustStay.Of++
		if v := decide(name); v.Action != filter.Open {
			c.MustStay.Closed = append(c.MustStay.Closed, fmt.Sprintf("%s (%s)", name, v.Reason))
		}
	}
	return nil
}

func (c coverage) text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "category\tservices\tstarter entries\treal lists\ttheir entries")
	for _, x := range c.Categories {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", x.Category, x.Services, x.Starter, x.Lists, x.Entries)
	}
	_ = w.Flush() // into memory
	fmt.Fprintf(&b, "\nnames in the union: %d\n", c.Names)
	fmt.Fprintf(&b, "entries left out that would close well-known names: %d\n", c.SavesAll)
	for _, s := range c.Saves {
		fmt.Fprintf(&b, "  %s: %s\n", s.List, s.Name)
	}
	for _, t := range c.Top {
		fmt.Fprintf(&b, "of the %d most visited names, closed in a lesson: %d\n", t.Of, t.Closed)
		for cat := range filter.NumCategories {
			if n := t.By[cat]; n > 0 {
				fmt.Fprintf(&b, "  %s: %d\n", cat, n)
			}
		}
		if len(t.Names) > 0 {
			fmt.Fprintf(&b, "  %s\n", strings.Join(t.Names, ", "))
		}
	}
	if c.MustStay != nil {
		fmt.Fprintf(&b, "of %d names that must stay reachable, closed in a lesson: %d %s\n", c.MustStay.Of, len(c.MustStay.Closed), strings.Join(c.MustStay.Closed, ", "))
	}
	return b.String()
}
