package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"lessonguard/assets/records"
)

// Errors of data files. What ships with the program is in force in their place.
var (
	ErrRollback = errors.New("there has been a newer version of this data: an old one is not taken back")
	ErrExpired  = errors.New("this data has expired")
	ErrRevoked  = errors.New("signed with a key that was revoked")
	ErrHelpGone = errors.New("this data would take help away that always stays")
	ErrBadData  = errors.New("this is no data file of Lessonguard's")
)

const (
	dataKind    = "lessonguard data 1"
	maxDataSize = 16 << 20
)

// Data is what may change between two releases of the program: help services,
// provider profiles, the catalogue of lists, and which keys are no longer
// trusted. It travels as one signed file: a minisign signature of four lines,
// and behind it what is signed, in JSON.
type Data struct {
	Kind    string            `json:"kind"`
	Version int               `json:"version"` // rises
	Made    time.Time         `json:"made"`
	Expires time.Time         `json:"expires"`
	Revoked []string          `json:"revoked,omitempty"` // ids of keys
	Removed []string          `json:"removed,omitempty"` // paths of files that ship
	Files   map[string]string `json:"files"`             // by their path
}

// NewData returns the services, profiles and catalogue in fsys as data, to be
// signed with [Data.Sign].
func NewData(fsys fs.FS, version int, made, expires time.Time) (Data, error) {
	d := Data{Kind: dataKind, Version: version, Made: made, Expires: expires, Files: map[string]string{}}
	for _, pattern := range []string{"services/*.toml", "profiles/*.toml", "lists/catalogue.toml"} {
		paths, err := fs.Glob(fsys, pattern)
		if err != nil {
			return Data{}, err
		}
		for _, p := range paths {
			text, err := fs.ReadFile(fsys, p)
			if err != nil {
				return Data{}, fmt.Errorf("making data: %w", err)
			}
			d.Files[p] = string(text)
		}
	}
	return d, d.check()
}

// Sign returns the file of d.
func (d Data) Sign(s Signer) ([]byte, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("signing data: %w", err)
	}
	return append([]byte(s.Sign(text, fmt.Sprintf("%s version %d", dataKind, d.Version))), text...), nil
}

// ParseData returns the data in a file that one of keys has signed. Whether it
// is of use now, and newer than what there is, is for [OpenData].
func ParseData(file []byte, keys []Key, revoked []string) (Data, error) {
	if len(file) > maxDataSize {
		return Data{}, fmt.Errorf("%w (it is larger than %d MiB)", ErrBadData, maxDataSize>>20)
	}
	lines := bytes.SplitAfterN(file, []byte("\n"), 5)
	if len(lines) < 5 {
		return Data{}, fmt.Errorf("%w (it is cut short)", ErrBadData)
	}
	text := lines[4]
	signature := string(file[:len(file)-len(text)])
	signed := ""
	err := error(ErrUnknownKey)
	for _, k := range keys {
		if failed := Verify(text, signature, k); failed == nil {
			signed = k.ID()
		} else if !errors.Is(failed, ErrUnknownKey) {
			err = failed
		}
	}
	if signed == "" {
		return Data{}, err
	}
	var d Data
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return Data{}, fmt.Errorf("%w (%w)", ErrBadData, err)
	}
	if slices.Contains(revoked, signed) || slices.Contains(d.Revoked, signed) {
		return Data{}, ErrRevoked
	}
	return d, d.check()
}

// check looks at everything that can be judged without what ships.
func (d Data) check() error {
	if d.Kind != dataKind || d.Version < 1 || !d.Made.Before(d.Expires) {
		return fmt.Errorf("%w (its kind, version or dates are wrong)", ErrBadData)
	}
	for p, text := range d.Files {
		if !isData(p) {
			return fmt.Errorf("%w (%s may not come in one)", ErrBadData, p)
		}
		if _, err := records.Table(p, []byte(text)); err != nil {
			return fmt.Errorf("%w (%w)", ErrBadData, err)
		}
	}
	for _, p := range d.Removed {
		if !isData(p) {
			return fmt.Errorf("%w (%s may not be removed by one)", ErrBadData, p)
		}
		if slices.Contains(lasting(), p) {
			return fmt.Errorf("%w: it removes %s", ErrHelpGone, p)
		}
	}
	return nil
}

// isData reports whether a file may come, or be removed, as data.
func isData(p string) bool {
	dir, file := path.Split(p)
	id, ok := strings.CutSuffix(file, ".toml")
	return p == "lists/catalogue.toml" || ok && validID(id) && (dir == "services/" || dir == "profiles/")
}
