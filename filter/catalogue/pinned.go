package catalogue

import "strings"

// releaseKeys are the keys that data files are signed with, one a line, as
// minisign prints them. There may be two, while one takes over from the other.
// The private key is made when the first data file is released, and never kept
// on a computer that builds the program; until then no data file is good, and
// what ships is in force.
const releaseKeys = ``

// licensees are the keys of the bodies that a restricted list is licensed from.
// No licence is held, so that there is no key, and every restricted list that
// is loaded is a sample, which protects nobody.
const licensees = ``

// ReleaseKeys returns the keys that data files are signed with.
func ReleaseKeys() ([]Key, error) { return parseKeys(releaseKeys) }

// Licensees returns the keys that make a restricted list a licensed one.
func Licensees() ([]Key, error) { return parseKeys(licensees) }

func parseKeys(lines string) ([]Key, error) {
	var keys []Key
	for line := range strings.Lines(lines) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		k, err := ParseKey(line)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}
