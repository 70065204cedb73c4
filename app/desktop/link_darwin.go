package desktop

// opener returns what opens an address.
func opener(address string) (name string, args []string, err error) {
	return "/usr/bin/open", []string{address}, nil
}
