package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"

	"lessonguard/agreements"
	"lessonguard/assets/files"
)

// Erase takes a person's name out of every acceptance (UK GDPR, article 17) and
// returns how many changed. person is a name, or the household id of a learner,
// which is surer where two people share a name. What was agreed, when, and the
// chain stay; the head does not change.
//
// It does not reach files that were set aside as damaged, nor backups.
func (l *Ledger) Erase(person string) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.erase(person)
	if err != nil {
		return 0, fmt.Errorf("erasing a person from acceptances: %w", err)
	}
	return n, nil
}

func (l *Ledger) erase(person string) (int, error) {
	if err := l.usable(); err != nil {
		return 0, err
	}
	if person == "" {
		return 0, errors.New("nobody is named")
	}
	var data []byte
	changed := 0
	for _, r := range l.records {
		text := r.line
		if gone := fieldsOf(r.accepted, person); len(gone) > 0 {
			changed++
			out := r.read
			out.Personal = maps.Clone(out.Personal) // ours stays, should the disk fail
			for _, field := range gone {
				delete(out.Personal, field)
			}
			var err error
			if text, err = json.Marshal(out); err != nil {
				return 0, err
			}
		}
		data = append(data, text...)
		if text[len(text)-1] != '\n' {
			data = append(data, '\n')
		}
	}
	if changed == 0 {
		return 0, nil
	}
	return changed, l.replace(data)
}

// fieldsOf returns the fields of x that name person. Whoever agreed loses their
// household id with their name.
func fieldsOf(x agreements.Acceptance, person string) []string {
	var fields []string
	if x.Name == person || x.Learner == person {
		fields = append(fields, "name", "learner")
	}
	if x.TalkedBy == person {
		fields = append(fields, "talkedBy")
	}
	return fields
}

// replace puts data in place of the whole file, once it is shown to be the same
// chain.
func (l *Ledger) replace(data []byte) error {
	found := scan(data)
	if found.err != nil || len(found.records) != len(l.records) {
		return fmt.Errorf("the chain would not hold: %w", errors.Join(found.err, errors.New("nothing was changed")))
	}
	if err := l.file.Close(); err != nil { // Windows replaces no open file
		l.failed = err
		return err
	}
	err := files.Write(l.path, data, 0o600)
	file, openErr := os.OpenFile(l.path, os.O_WRONLY, 0)
	l.file = file
	if openErr != nil {
		l.failed = openErr
	}
	if err := errors.Join(err, openErr); err != nil {
		return err
	}
	l.records, l.size = found.records, int64(len(data))
	return nil
}
