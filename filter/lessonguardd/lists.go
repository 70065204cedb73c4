package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/index"
	"lessonguard/filter/lists"
)

var listCommands = map[string]command{
	"show": listsShow, "update": listsUpdate, "accept": listsAccept,
	"check": listsCheck, "compile": listsCompile, "coverage": listsCoverage,
}

func listsCommand(ctx context.Context, std stdio, args []string) error {
	if len(args) == 0 {
		return errors.New("lists wants show, update, accept, check, compile or coverage: see lessonguardd help")
	}
	c, ok := listCommands[args[0]]
	if !ok {
		return fmt.Errorf("there is no command %q for lists: there are show, update, accept, check, compile and coverage", args[0])
	}
	return c(ctx, std, args[1:])
}

// folderSources returns the lists in folder, if there is one.
func folderSources(folder string) ([]catalogue.Source, error) {
	if folder == "" {
		return nil, nil
	}
	licensees, err := catalogue.PinnedKeys(assets.Keys, catalogue.Licensees)
	if err != nil {
		return nil, err
	}
	return catalogue.Folder(folder, licensees...)
}

// allSources returns the lists that ship and those in folder, if there is one.
func allSources(folder string) ([]catalogue.Source, error) {
	sources, err := catalogue.Starter(shippedFiles)
	if err != nil {
		return nil, err
	}
	more, err := folderSources(folder)
	return append(sources, more...), err
}

// keptNames returns the names that lists do not close, by the files in fsys.
func keptNames(fsys fs.FS) ([]filter.Kept, error) {
	content, err := contentOf(fsys)
	if err != nil {
		return nil, err
	}
	return catalogue.Keep(fsys, content)
}

// readers hands the names of each source to the index as it asks for them. seen
// is told what was in each, where it is not nil; it is called for several lists
// at a time. An error says which source it is of: see [sourceError].
func readers(sources []catalogue.Source, seen func(catalogue.Source, lists.Summary)) []index.Source {
	var all []index.Source
	for _, s := range sources {
		at := index.Source{
			ID: s.ID, Title: s.Title, Category: s.Category, Restricted: s.Restricted, Licensed: s.Licensed, Secret: s.Secret,
		}
		var pages atomic.Int64
		read := func(with func(io.Reader, lists.Config) (lists.Summary, error)) error {
			sum, err := readList(s, with)
			if err != nil {
				return &sourceError{s.ID, err}
			}
			if s.Restricted {
				pages.Store(int64(sum.Pages()))
			}
			if seen != nil {
				seen(s, sum)
			}
			return nil
		}
		at.Pages = func() int { return int(pages.Load()) }
		if s.Hashed {
			at.Digests = func(add func([sha256.Size]byte)) error {
				return read(func(r io.Reader, c lists.Config) (lists.Summary, error) { return lists.ReadDigests(r, c, add) })
			}
		} else {
			at.Names = func(add func([]byte, bool)) error {
				return read(func(r io.Reader, c lists.Config) (lists.Summary, error) { return lists.Read(r, c, add) })
			}
		}
		all = append(all, at)
	}
	return all
}

// A sourceError is what is wrong with one of the lists that are compiled.
type sourceError struct {
	id  string
	err error
}

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// errRestricted is all that is said of a restricted list that cannot be read:
// not even its file's name is for a log.
var errRestricted = errors.New("restricted list cannot be read: check the files in its folder")

func readList(s catalogue.Source, read func(io.Reader, lists.Config) (lists.Summary, error)) (lists.Summary, error) {
	format, err := lists.ParseFormat(s.Format)
	if err != nil {
		return lists.Summary{}, err
	}
	file, err := s.Files.Open(s.Path)
	if err != nil && s.Restricted {
		return lists.Summary{}, errRestricted
	}
	if err != nil {
		return lists.Summary{}, fmt.Errorf("reading list: %w", err)
	}
	defer file.Close()
	name := s.Path
	if s.Restricted {
		name = "restricted list"
	}
	return read(file, lists.Config{Name: name, Secret: s.Restricted, Format: format, Include: s.Include})
}

// fingerprint tells whether the same would come of compiling again: it is of
// this program and its data, of how each list is read, and of its file's path,
// size and time.
func fingerprint(data int, sources []catalogue.Source) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, data)
	if self, err := os.Executable(); err == nil {
		if info, err := os.Stat(self); err == nil {
			fmt.Fprintln(sum, version, info.Size(), info.ModTime().UnixNano())
		}
	}
	for _, s := range sources {
		info, err := fs.Stat(s.Files, s.Path)
		if err != nil && s.Restricted {
			return "", errRestricted
		}
		if err != nil {
			return "", fmt.Errorf("reading lists: %w", err)
		}
		// What is beside a file decides too: a signature, a key, the folder's format.
		// And of a list that includes others, any of them may be new.
		fmt.Fprintf(sum, "%q %q %q %t %t %x %d %d\n", s.ID, s.Format, s.Copy, s.Hashed, s.Licensed, sha256.Sum256(s.Secret),
			info.Size(), info.ModTime().UnixNano())
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
