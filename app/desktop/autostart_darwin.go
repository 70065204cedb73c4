package desktop

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/emersion/go-autostart"
)

func (a Autostart) path() (string, error) {
	// Without HOME the library would write into the working directory.
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, "Library", "LaunchAgents", a.ID+".plist"), nil
}

// write has the library write the launch agent. A fresh App each time, as on
// Linux; and the arguments escaped before, for it writes XML as plain text.
func (a Autostart) write() error {
	if _, err := a.path(); err != nil {
		return err
	}
	app := autostart.App{Name: a.ID, DisplayName: a.Name}
	for _, arg := range a.Command {
		var b strings.Builder
		if err := xml.EscapeText(&b, []byte(arg)); err != nil {
			return err
		}
		app.Exec = append(app.Exec, b.String())
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

// read returns the strings of the agent's only array: ProgramArguments.
func (a Autostart) read() ([]string, error) {
	path, err := a.path()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var command []string
	inArray := false
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return command, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			inArray = inArray && t.Name.Local != "array"
		case xml.StartElement:
			inArray = inArray || t.Name.Local == "array"
			if inArray && t.Name.Local == "string" {
				var arg string
				if err := d.DecodeElement(&arg, &t); err != nil {
					return nil, fmt.Errorf("%s: %w", path, err)
				}
				command = append(command, arg)
			}
		}
	}
}
