package main

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lessonguard/agreements"
	"lessonguard/app/desktop"
	"lessonguard/app/ui"
	"lessonguard/assets"
	"lessonguard/assets/files"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/checkup"
	"lessonguard/filter/system"
)

// checkups does the checkups of the screen, and keeps their records in the
// account's own directory.
type checkups struct {
	control  filter.Control
	loaded   content
	records  *checkup.Records
	language string
}

func newCheckups(c filter.Control, loaded content, dir, language string) *checkups {
	return &checkups{c, loaded, checkup.NewRecords(dir), language}
}

// Run implements [guardian.Checker].
func (c *checkups) Run(ctx context.Context, progress func(filter.CheckupProgress)) (filter.CheckupRecord, error) {
	config, err := c.config()
	if err != nil {
		return filter.CheckupRecord{}, err
	}
	record, err := checkup.Run(ctx, config, progress)
	if err != nil {
		return record, err
	}
	return record, c.records.Keep(record)
}

// config is what a checkup works with on this PC. This program has cgo, so that
// Go asks as the PC's other programs do.
func (c *checkups) config() (checkup.Config, error) {
	known, err := catalogue.Content(catalogue.Files{assets.Lists, assets.Bundles, assets.Services}, nil)
	if err != nil {
		return checkup.Config{}, err
	}
	var pages []string
	for _, s := range c.loaded.services {
		pages = append(pages, s.URL)
	}
	return checkup.Here(checkup.Config{
		Control: c.control, Ask: []checkup.Asker{checkup.Own("getaddrinfo")}, Help: checkup.Hosts(pages),
		Lessons: func(enrolled filter.Provider) []checkup.Lesson {
			i := slices.IndexFunc(c.loaded.profiles, func(p agreements.Profile) bool { return p.ID == enrolled.ID })
			if i < 0 {
				return nil
			}
			return checkup.Lessons(c.loaded.profiles[i].LessonNames, c.loaded.profiles[i].Bundles, known.Bundles)
		},
		Resolvers: func(ctx context.Context) (all []netip.Addr, err error) {
			network, err := system.Discover(ctx)
			for _, at := range network.Resolvers {
				all = append(all, at.Addr())
			}
			return all, err
		},
	})
}

// Last implements [guardian.Checker].
func (c *checkups) Last(context.Context) (filter.CheckupRecord, bool, error) {
	return c.records.Last(time.Now())
}

// Print implements [guardian.Checker]: the page is where the account keeps its
// documents, since somebody is to find it and print it.
func (c *checkups) Print(_ context.Context, record filter.CheckupRecord) (string, error) {
	dir, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding the account's files: %w", err)
	}
	documents := filepath.Join(dir, "Documents")
	if info, err := os.Stat(documents); err == nil && info.IsDir() {
		dir = documents
	}
	var page bytes.Buffer
	if err := checkup.WritePage(&page, record, c.language, ui.Text); err != nil {
		return "", err
	}
	path := filepath.Join(dir, record.At.Local().Format("lessonguard-checkup-2006-01-02-1504.html"))
	return path, files.Write(path, page.Bytes(), 0o600)
}

// OpenURL implements [guardian.Checker].
func (c *checkups) OpenURL(url string) error { return desktop.OpenURL(context.Background(), url) }
