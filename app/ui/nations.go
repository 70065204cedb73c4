package ui

import "strings"

// Nations returns the names of the United Kingdom's nations with the ids, one
// after the other.
func Nations(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = Text("nation." + id)
	}
	return strings.Join(names, ", ")
}
