package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"time"

	"lessonguard/assets"
	"lessonguard/assets/files"
	"lessonguard/filter/catalogue"
)

// shipped is what ships with the program of this checkout.
var shipped = catalogue.Files{assets.Lists, assets.Bundles, assets.Services, assets.Profiles}

// sign writes the data of this checkout, signed.
func sign(out io.Writer, args []string) error {
	f := flag.NewFlagSet("sign", flag.ContinueOnError)
	f.SetOutput(out)
	key := f.String("key", "", "`FILE` with the secret key")
	to := f.String("to", "lessonguard.data", "`FILE` to write")
	today, _ := strconv.Atoi(time.Now().UTC().Format("20060102") + "01") // digits
	version := f.Int("version", today, "`number`, which must rise: the date, and two digits more")
	lasts := f.Duration("lasts", 90*24*time.Hour, "how `long` families keep to it; what ships is in force after that")
	var revoked []string
	f.Func("revoke", "`ID` of a key that is not to be trusted any more; may be given again", func(id string) error {
		revoked = append(revoked, id)
		return nil
	})
	if err := f.Parse(args); err != nil {
		return err
	}
	if *key == "" || f.NArg() > 0 {
		return errors.New("sign wants --key FILE, and no words after the flags")
	}
	s, err := readKey(*key)
	if err != nil {
		return err
	}
	if *version <= catalogue.BuiltIn {
		return fmt.Errorf("version %d is not above the %d that this checkout ships with: give a higher --version", *version, catalogue.BuiltIn)
	}
	now := time.Now().UTC().Truncate(time.Second)
	d, err := catalogue.NewData(shipped, *version, now, now.Add(*lasts))
	if err != nil {
		return err
	}
	d.Revoked = revoked
	file, err := d.Sign(s)
	if err != nil {
		return err
	}
	if err := judge(file, []catalogue.Key{s.Public()}); err != nil {
		return fmt.Errorf("families would not take this: %w", err)
	}
	if err := files.Write(*to, file, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: version %d, %d files, until %s. It belongs at %s\n", *to, d.Version, len(d.Files), d.Expires.Format(time.DateOnly), catalogue.DataURL)
	return err
}
