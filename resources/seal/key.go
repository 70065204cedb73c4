package seal

import (
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
)

// An Identity is a private key: who has it opens what was sealed to its
// recipient. Its zero value opens nothing and must not be used.
type Identity struct {
	key       age.Identity
	secret    string
	recipient string
}

// GenerateKey makes a new X25519 identity.
func GenerateKey() (Identity, error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return Identity{}, fmt.Errorf("making a key: %w", err)
	}
	return Identity{key, key.String(), key.Recipient().String()}, nil
}

// Recipient returns the public half, "age1…".
func (id Identity) Recipient() string { return id.recipient }

// Secret returns the private half, "AGE-SECRET-KEY-1…".
func (id Identity) Secret() string { return id.secret }

// String returns the public half, so that no log or message shows the private
// one by mistake.
func (id Identity) String() string { return id.recipient }

// ParseIdentity reads a private key. Its errors never hold what was given.
func ParseIdentity(s string) (Identity, error) {
	s = strings.TrimSpace(s)
	if key, err := age.ParseX25519Identity(s); err == nil {
		return Identity{key, key.String(), key.Recipient().String()}, nil
	}
	if key, err := age.ParseHybridIdentity(s); err == nil {
		return Identity{key, key.String(), key.Recipient().String()}, nil
	}
	return Identity{}, errors.New("reading private key: it is one line that begins with AGE-SECRET-KEY-")
}

// CheckRecipients returns an error naming the first of the recipients that is
// not a key, or saying that there is none, or that they cannot be used together.
func CheckRecipients(recipients []string) error {
	to, err := parseRecipients(recipients)
	if err != nil {
		return err
	}
	_, err = encrypt(nil, to)
	return err
}

// ErrNoRecipient says that there is nobody to seal a message to.
var ErrNoRecipient = errors.New("there is no key to seal to")

func parseRecipients(recipients []string) ([]age.Recipient, error) {
	if len(recipients) == 0 {
		return nil, ErrNoRecipient
	}
	to := make([]age.Recipient, 0, len(recipients))
	for _, s := range recipients {
		r, err := parseRecipient(s)
		if err != nil {
			return nil, err
		}
		to = append(to, r)
	}
	return to, nil
}

func parseRecipient(s string) (age.Recipient, error) {
	if strings.HasPrefix(strings.ToUpper(s), "AGE-SECRET-KEY") {
		return nil, errors.New("reading key: that is a private key, and must be shown to nobody: give the public one, which begins with age1")
	}
	if r, err := age.ParseX25519Recipient(s); err == nil {
		return r, nil
	}
	if r, err := age.ParseHybridRecipient(s); err == nil {
		return r, nil
	}
	return nil, fmt.Errorf("reading key: %.80q is not an age public key: it begins with age1 and is copied whole", s)
}
