//go:build !windows && !darwin

package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/emersion/go-autostart"
)

func (a Autostart) path() (string, error) {
	// Without HOME the library would write into the working directory.
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "autostart", a.ID+".desktop"), nil
}

// write has the library write the entry. A fresh App each time, for Enable
// quotes the arguments of the one it is called on; and the arguments escaped
// before, for it knows only half of the rules: see [escape].
func (a Autostart) write() error {
	if _, err := a.path(); err != nil {
		return err
	}
	// The specification forbids the one, and GLib looks for a program whose
	// percent signs are still doubled, finds none and drops the entry.
	if strings.ContainsAny(a.Command[0], "=%") {
		return fmt.Errorf("%s holds = or %%: move the program to a folder with a plain name", a.Command[0])
	}
	app := autostart.App{Name: a.ID, DisplayName: a.Name}
	for _, arg := range a.Command {
		app.Exec = append(app.Exec, escape(arg))
	}
	return app.Enable()
}

func (a Autostart) remove() error {
	path, err := a.path()
	if err != nil {
		return err
	}
	return os.Remove(path)
}

// escape writes an argument so that what the library makes of it is right. In
// quotes a backslash stands before ` $ and \ (Desktop Entry Specification, "The
// Exec key"), and every backslash is doubled in the file; the library does the
// doubling. A percent sign starts a field code and is doubled.
func escape(arg string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", `$`, `\$`, `%`, `%%`).Replace(arg)
}

// read returns the command of the entry as a desktop reads it, by the
// specification and not by how it was written.
func (a Autostart) read() ([]string, error) {
	path, err := a.path()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	keys := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			keys[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	// How a person switches an entry off, and how GNOME's settings do.
	if keys["Hidden"] == "true" || keys["X-GNOME-Autostart-enabled"] == "false" {
		return nil, fs.ErrNotExist
	}
	command, err := split(keys["Exec"])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return command, nil
}

var errExec = errors.New("its Exec line is not what the specification allows")

// split undoes the two layers of the Exec key.
func split(value string) ([]string, error) {
	text, err := unescape(value, map[byte]byte{'s': ' ', 'n': '\n', 't': '\t', 'r': '\r', '\\': '\\'})
	if err != nil {
		return nil, err
	}
	var args []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, " ") {
		var arg string
		if text[0] == '"' {
			end := closing(text)
			if end < 0 {
				return nil, errExec
			}
			if arg, err = unescape(text[1:end], map[byte]byte{'"': '"', '`': '`', '$': '$', '\\': '\\'}); err != nil {
				return nil, err
			}
			text = text[end+1:]
		} else {
			arg, text, _ = strings.Cut(text, " ")
		}
		if strings.Contains(strings.ReplaceAll(arg, "%%", ""), "%") {
			return nil, errExec // a field code: it would be replaced
		}
		args = append(args, strings.ReplaceAll(arg, "%%", "%"))
	}
	return slices.Clip(args), nil
}

// closing returns where the quote that text starts with ends, or -1.
func closing(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

func unescape(text string, known map[byte]byte) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			b.WriteByte(text[i])
			continue
		}
		i++
		if i == len(text) || known[text[i]] == 0 {
			return "", errExec
		}
		b.WriteByte(known[text[i]])
	}
	return b.String(), nil
}
