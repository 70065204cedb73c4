package system

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"lessonguard/assets/files"
)

// A winJournal says what was set on each network adapter, by its GUID, before we
// changed it: as the registry wrote it, "" where it was DHCP's. It is written
// before the change. Unlike [journal] it is not about files, and the lists that
// we write carry what was there too: it is what makes the undoing exact, not what
// makes it possible.
type winJournal map[string]string

// winJournalVersion is that of the file's form.
const winJournalVersion = 1

type winJournalFile struct {
	Version  int        `json:"version"`
	Adapters winJournal `json:"adapters"`
}

// readWinJournal reads the journal at path. Where there is none nothing is
// changed. A damaged one, or one of a form that we do not know, is set aside, and
// the error says so and where it is now.
func readWinJournal(path string) (winJournal, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what was changed on this PC's network adapters: %w", err)
	}
	var f winJournalFile
	if err = json.Unmarshal(data, &f); err == nil {
		err = f.check()
	}
	if err != nil {
		aside, asideErr := files.SetAside(path, time.Now())
		return nil, errors.Join(fmt.Errorf("reading what was changed on this PC's network adapters: the journal cannot be used and is now %s: %w", aside, err), asideErr)
	}
	return f.Adapters, nil
}

func (f winJournalFile) check() error {
	if f.Version != winJournalVersion {
		return fmt.Errorf("it has the form of version %d, and this program knows %d", f.Version, winJournalVersion)
	}
	if _, unnamed := f.Adapters[""]; unnamed {
		return errors.New("an adapter has no name")
	}
	return nil
}

// write replaces the journal at path. Without anything in it there is none.
func (j winJournal) write(path string) error {
	if len(j) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("ending the journal of this PC's network adapters: %w", err)
		}
		return nil
	}
	data, err := json.Marshal(winJournalFile{Version: winJournalVersion, Adapters: j})
	if err != nil {
		return err
	}
	if err := files.Write(path, data, 0o600); err != nil {
		return fmt.Errorf("writing down what is changed on this PC's network adapters: %w", err)
	}
	return nil
}
