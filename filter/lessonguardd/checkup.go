package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"lessonguard/agreements"
	"lessonguard/assets"
	"lessonguard/assets/files"
	"lessonguard/assets/records"
	"lessonguard/filter"
	"lessonguard/filter/checkup"
	"lessonguard/filter/control"
	"lessonguard/filter/system"
	"lessonguard/resources/directory"
)

// checkupCommand does a checkup as whoever calls it, prints what it found, and
// keeps a record in the caller's own directory.
func checkupCommand(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "checkup", "find out what is protected on this PC and what is not, as the account that calls it")
	a.add(f)
	page := f.String("print", "", "write a page to print to `FILE`: HTML, or plain text if it ends in .txt")
	dir := f.String("config", "", "`DIR` that keeps the last checkups (default: the account's own)")
	language := f.String("language", "en", "`LANGUAGE` to say it in: en or cy")
	if _, err := parse(f, args); err != nil {
		return err
	}
	text, err := wordsIn(*language)
	if err != nil {
		return err
	}
	if *dir == "" {
		own, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("finding the account's settings: %w: give --config DIR", err)
		}
		*dir = filepath.Join(own, "lessonguard")
	}
	config, err := checkupConfig(control.NewClient(a.path))
	if err != nil {
		return err
	}
	record, err := checkup.Run(ctx, config, nil)
	if err != nil {
		return fmt.Errorf("checking: %w", err)
	}
	var b bytes.Buffer
	if err := checkup.Write(&b, record, text); err != nil {
		return err
	}
	err = a.show(std, record, b.String())
	err = errors.Join(err, checkup.NewRecords(*dir).Keep(record))
	if *page != "" {
		err = errors.Join(err, writePage(*page, record, *language, text))
	}
	if n := len(record.With(filter.CheckupFail)); err == nil && n > 0 {
		err = fmt.Errorf("the checkup found things to put right: %d", n)
	}
	return err
}

func writePage(path string, record filter.CheckupRecord, language string, text checkup.Text) error {
	var b bytes.Buffer
	var err error
	if strings.HasSuffix(path, ".txt") {
		err = checkup.Write(&b, record, text)
	} else {
		err = checkup.WritePage(&b, record, language, text)
	}
	if err != nil {
		return err
	}
	if err := files.Write(path, b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("writing the page to print: %w", err)
	}
	return nil
}

// checkupConfig is what a checkup works with on this PC.
func checkupConfig(c filter.Control) (checkup.Config, error) {
	services, err := directory.Load(assets.Services)
	if err != nil {
		return checkup.Config{}, err
	}
	content, err := shippedContent()
	if err != nil {
		return checkup.Config{}, err
	}
	config := checkup.Config{
		Control: c, Ask: askers(),
		Lessons: func(p filter.Provider) []checkup.Lesson {
			var profile agreements.Profile
			name := "profiles/" + p.ID + ".toml"
			data, err := assets.Profiles.ReadFile(name) // an id that is no file's name is not found
			if err != nil || records.Decode(name, data, &profile) != nil {
				return nil
			}
			return checkup.Lessons(profile.LessonNames, profile.Bundles, content.Bundles)
		},
		Resolvers: func(ctx context.Context) (all []netip.Addr, err error) {
			network, err := system.Discover(ctx)
			for _, at := range network.Resolvers {
				all = append(all, at.Addr())
			}
			return all, err
		},
	}
	var pages []string
	for _, s := range services {
		pages = append(pages, s.URL)
	}
	config.Help = checkup.Hosts(pages)
	return checkup.Here(config)
}

// askers are the ways in which programs of this PC look up names. This program
// has no cgo, and so cannot call getaddrinfo, which most programs of Linux do
// and which need not ask what /etc/resolv.conf says: getent does it instead.
func askers() []checkup.Asker {
	if runtime.GOOS != "linux" {
		return []checkup.Asker{checkup.Own("getaddrinfo")}
	}
	own := checkup.Own("/etc/resolv.conf")
	getent, err := exec.LookPath("getent")
	if err != nil {
		return []checkup.Asker{own}
	}
	return []checkup.Asker{{Title: "getaddrinfo", Look: func(ctx context.Context, host string) ([]netip.Addr, error) {
		cmd := exec.CommandContext(ctx, getent, "ahosts", strings.TrimSuffix(host, ".")+".")
		cmd.WaitDelay = time.Second
		out, err := cmd.Output()
		var ended *exec.ExitError
		if errors.As(err, &ended) && ended.ExitCode() == 2 { // no such name (getent(1))
			return nil, nil
		}
		if err != nil {
			return nil, errors.New("looking up a name with getent: nobody answered")
		}
		return parseAhosts(out), nil
	}}, own}
}

// parseAhosts returns the addresses at the start of the lines of out.
func parseAhosts(out []byte) (all []netip.Addr) {
	for line := range bytes.Lines(out) {
		first, _, _ := bytes.Cut(line, []byte(" "))
		if at, err := netip.ParseAddr(string(bytes.TrimSpace(first))); err == nil && !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all
}

// wordsIn returns the words of a language, for which the screens' are taken.
func wordsIn(language string) (checkup.Text, error) {
	data, err := assets.Translations.ReadFile("translations/" + language + ".json")
	if err != nil {
		return nil, fmt.Errorf("there are no words in %q: the languages are en and cy", language)
	}
	var words map[string]string
	if err := json.Unmarshal(data, &words); err != nil {
		return nil, fmt.Errorf("reading the words of %q: %w", language, err)
	}
	return func(key string, inserts ...any) string {
		said, ok := words[key]
		if !ok {
			return key
		}
		var pairs []string
		for i := 0; i+1 < len(inserts); i += 2 {
			pairs = append(pairs, fmt.Sprintf("{{.%v}}", inserts[i]), fmt.Sprint(inserts[i+1]))
		}
		return strings.NewReplacer(pairs...).Replace(said)
	}, nil
}
