package main

import (
	"os"
	"path/filepath"
)

// ownFolder is where an administrator puts the family's own lists, a licensed
// restricted one among them: a folder for each category and "restricted", as
// --lists has it. It is in the state directory, which no other account can enter.
const ownFolder = "own-lists"

// listsUsage is the help of --lists.
const listsUsage = "`DIR` of blocklists, a folder for each category, named by its id, and restricted (default: " + ownFolder + " in the state directory, if it is there)"

// ownLists returns the folder of lists: the one that was given, else the one in
// the state directory if it is there; else none.
func ownLists(given, state string) string {
	own := filepath.Join(state, ownFolder)
	if info, err := os.Stat(own); given == "" && err == nil && info.IsDir() {
		return own
	}
	return given
}
