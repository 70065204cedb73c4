package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"lessonguard/filter/catalogue"
)

// secretHead is the first line of a secret key's file; the second is its seed
// and id, in base64.
const secretHead = "secret key of Lessonguard's releases: keep it off computers that build the program"

// makeKey makes a key: the secret half in a new file, the public one printed.
func makeKey(out io.Writer, args []string) error {
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		return errors.New("key wants the FILE for the secret half, on a disk that leaves the computer, and nothing else")
	}
	var secret [32 + 8]byte
	_, _ = rand.Read(secret[:]) // never fails (crypto/rand)
	file, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("making key: %w", err)
	}
	_, err = fmt.Fprintf(file, "%s\n%s\n", secretHead, base64.StdEncoding.EncodeToString(secret[:]))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("making key: %w", err)
	}
	public := signer(secret).Public()
	_, err = fmt.Fprintf(out, "The secret half is in %s. Put this line in assets/%s:\n%s\nIts id, to revoke it by one day: %s\n", args[0], catalogue.ReleaseKeys, public, public.ID())
	return err
}

func signer(secret [40]byte) catalogue.Signer {
	return catalogue.NewSigner([32]byte(secret[:32]), [8]byte(secret[32:]))
}

func readKey(path string) (catalogue.Signer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return catalogue.Signer{}, fmt.Errorf("reading key: %w", err)
	}
	head, line, _ := strings.Cut(string(text), "\n")
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	if head != secretHead || err != nil || len(secret) != 40 {
		return catalogue.Signer{}, fmt.Errorf("reading key: %s holds no secret key: make one with go run ./tools/data key FILE", path)
	}
	return signer([40]byte(secret)), nil
}
