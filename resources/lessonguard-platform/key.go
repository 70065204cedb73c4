package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"lessonguard/assets/files"
	"lessonguard/resources"
	"lessonguard/resources/seal"
)

// rotateLock is held while keys change.
const rotateLock = "keys.lock"

// key is "key list" and "key rotate".
func key(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "rotate":
			return rotate(ctx, args[1:], stdout, stderr)
		case "list":
			return listKeys(args[1:], stdout, stderr)
		}
	}
	return errors.New("say what to do with the keys: key list, or key rotate")
}

// rotate makes a new key. The one before stays valid beside it, because
// families seal to it until they learn of the new one; all that were ever used
// stay for reading.
func rotate(_ context.Context, args []string, stdout, stderr io.Writer) error {
	f := flags("key rotate")
	dir := f.String("state", "", "the platform's state `directory`")
	over := f.Bool("oversight", false, "change the oversight key, not the safeguarding key")
	keyOut := f.String("oversight-key", "", "write the new oversight key to this `file`, to be taken elsewhere; default: it is printed, once")
	only := f.Bool("only-new", false, "stop offering the key before at once: somebody has it who should not")
	if err := parse(f, args, stderr); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("say which platform: --state DIR")
	}
	s, err := readState(*dir)
	if err != nil {
		return fmt.Errorf("there is no platform in %q: %w", *dir, err)
	}
	held, err := files.Lock(filepath.Join(*dir, rotateLock))
	if err != nil {
		return fmt.Errorf("changing keys: %w", err)
	}
	defer held.Close()
	if *over {
		return rotateOversight(*dir, s, *keyOut, *only, stdout)
	}
	return rotateSafeguarding(*dir, s, *only, stdout)
}

func rotateSafeguarding(dir string, s saved, only bool, stdout io.Writer) error {
	path := filepath.Join(dir, keyFile)
	old, err := readKeys(path)
	if err != nil {
		return err
	}
	id, err := seal.GenerateKey()
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, id := range append([]seal.Identity{id}, old...) { // the newest first
		fmt.Fprintln(&lines, id.Secret())
	}
	if only {
		// Written first: cut short here, one key is offered and none is lost.
		s.Retired = recipients(old)
		if err := s.write(dir); err != nil {
			return err
		}
	}
	if err := files.Write(path, []byte(lines.String()), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "New safeguarding key: %s\nRestart the platform to offer it. Back up %s again: it holds the old keys too, which open what was sent before.\n", id.Recipient(), path)
	return nil
}

func rotateOversight(dir string, s saved, keyOut string, only bool, stdout io.Writer) error {
	id, err := newOversight(dir, keyOut, stdout)
	if err != nil {
		return err
	}
	if slices.Contains(s.Oversight, id.Recipient()) {
		return fmt.Errorf("--oversight-key %s holds the key that is in use: name another file", keyOut)
	}
	s.Oversight = append([]string{id.Recipient()}, s.Oversight...)
	most := resources.MaxRecipients
	if only {
		most = 1
	}
	s.Oversight = s.Oversight[:min(len(s.Oversight), most)]
	if err := s.write(dir); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "New oversight key: %s\nRestart the platform to offer it. What was sent before opens with the key before: keep that too.\n", id.Recipient())
	return nil
}

// listKeys prints the public halves: what families seal to, and what is kept to
// read what they sealed to before.
func listKeys(args []string, stdout, stderr io.Writer) error {
	f := flags("key list")
	dir := f.String("state", "", "the platform's state `directory`")
	if err := parse(f, args, stderr); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("say which platform: --state DIR")
	}
	s, err := readState(*dir)
	if err != nil {
		return err
	}
	ids, err := readKeys(filepath.Join(*dir, keyFile))
	if err != nil {
		return err
	}
	offered := s.offered(ids)
	for _, id := range ids {
		use := "for reading only"
		if slices.Contains(offered, id.Recipient()) {
			use = "offered"
		}
		fmt.Fprintf(stdout, "safeguarding  %s  %s\n", id.Recipient(), use)
	}
	for _, r := range s.Oversight {
		fmt.Fprintf(stdout, "oversight     %s  offered\n", r)
	}
	return nil
}

// offered returns the recipients that families are to seal to: the newest key,
// and the one before unless it was retired.
func (s saved) offered(ids []seal.Identity) []string {
	var all []string
	for _, r := range recipients(ids) {
		if len(all) < resources.MaxRecipients && !slices.Contains(s.Retired, r) {
			all = append(all, r)
		}
	}
	if len(all) == 0 { // a change that was cut short
		all = recipients(ids[:1])
	}
	return all
}

func (s saved) write(dir string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("writing the state: %w", err)
	}
	return files.Write(filepath.Join(dir, stateFile), data, 0o600)
}
