package ui

// oldest is the age that stands for no upper end.
const oldest = 120

// Ages says for which ages in years something is, both ends included; from 0 and
// to 120 are no ends.
func Ages(from, to int) string {
	switch {
	case from <= 0:
		return Text("ages.to", "To", to)
	case to >= oldest:
		return Text("ages.from", "From", from)
	}
	return Text("ages.both", "From", from, "To", to)
}
