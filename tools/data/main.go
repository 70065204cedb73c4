// Data makes, signs and checks the data file: the help services, provider
// profiles and catalogue of a checkout, as they reach families between two
// releases of the program. It is for whoever makes releases, and needs no
// network; docs/data.md says how.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

const usage = `usage:
  go run ./tools/data key FILE                   make a key; FILE is its secret half
  go run ./tools/data sign --key FILE [flags]    sign the data of this checkout
  go run ./tools/data check FILE                 say whether families would take a data file
Each knows --help.
`

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "data:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "key":
			return makeKey(out, args[1:])
		case "sign":
			return sign(out, args[1:])
		case "check":
			return check(out, args[1:])
		}
	}
	fmt.Fprint(out, usage)
	return errors.New("one of key, sign and check is wanted")
}
