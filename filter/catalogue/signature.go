package catalogue

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/jedisct1/go-minisign"
)

// Errors of [Verify].
var (
	ErrUnknownKey   = errors.New("signed with a key that this program does not know")
	ErrBadSignature = errors.New("the signature does not fit: the file was changed, or cut short, on its way")
)

// A Key is a public key of minisign's (Ed25519), which files are checked
// against.
type Key struct{ key minisign.PublicKey }

// ParseKey returns the key in the line that minisign prints it as.
func ParseKey(line string) (Key, error) {
	k, err := minisign.NewPublicKey(strings.TrimSpace(line))
	if err != nil || k.SignatureAlgorithm != [2]byte{'E', 'd'} {
		return Key{}, fmt.Errorf("%q is no minisign public key: it is the second line of the .pub file", line)
	}
	return Key{k}, nil
}

// String returns the key as [ParseKey] reads it.
func (k Key) String() string {
	return base64.StdEncoding.EncodeToString(append(append(k.key.SignatureAlgorithm[:], k.key.KeyId[:]...), k.key.PublicKey[:]...))
}

// ID returns the id of the key, as minisign prints it.
func (k Key) ID() string { return keyID(k.key.KeyId) }

func keyID(id [8]byte) string { return fmt.Sprintf("%016X", binary.LittleEndian.Uint64(id[:])) }

// Verify returns nil if one of keys made the signature, a minisign file, of
// data. Otherwise the error is [ErrUnknownKey] or [ErrBadSignature].
func Verify(data []byte, signature string, keys ...Key) error {
	s, err := minisign.DecodeSignature(signature)
	if err != nil {
		return fmt.Errorf("%w (it is no minisign signature)", ErrBadSignature)
	}
	for _, k := range keys {
		if k.key.KeyId != s.KeyId {
			continue
		}
		if ok, err := k.key.Verify(data, s); err == nil && ok {
			return nil
		}
		return ErrBadSignature
	}
	return fmt.Errorf("%w (%s)", ErrUnknownKey, keyID(s.KeyId))
}

// A Signer signs as minisign does. Private keys are kept away from families'
// computers: this is for making releases, and for tests.
type Signer struct {
	id      [8]byte
	private ed25519.PrivateKey
}

// NewSigner returns the signer with the given seed and key id.
func NewSigner(seed [ed25519.SeedSize]byte, id [8]byte) Signer {
	return Signer{id: id, private: ed25519.NewKeyFromSeed(seed[:])}
}

// Public returns what the signatures of s are checked against.
func (s Signer) Public() Key {
	k := minisign.PublicKey{SignatureAlgorithm: [2]byte{'E', 'd'}, KeyId: s.id}
	copy(k.PublicKey[:], s.private.Public().(ed25519.PublicKey))
	return Key{k}
}

// Sign returns a minisign file for data, with a comment that is signed too and
// must be one line.
func (s Signer) Sign(data []byte, comment string) string {
	signature := ed25519.Sign(s.private, data)
	global := ed25519.Sign(s.private, append(append([]byte(nil), signature...), comment...))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("untrusted comment: signature of Lessonguard\n%s\ntrusted comment: %s\n%s\n",
		encode(append(append([]byte("Ed"), s.id[:]...), signature...)), comment, encode(global))
}
