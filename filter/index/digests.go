package index

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"runtime/debug"
	"slices"

	"lessonguard/filter"
)

// maxSecrets is how many keys the hashed lists of one index may have: each is a
// hash more for every name above a question's.
const maxSecrets = 8

// Digests implements [filter.Digested]: it is nil where no hashed list is
// loaded, so that nobody pays for one.
func (x *Index) Digests() filter.Digests {
	if len(x.digests) == 0 {
		return nil
	}
	return x
}

// Closes implements [filter.Digests]. The table is of digests hashed once more
// with a key of this installation: whoever has the file and the published
// hashes, but not the key, cannot tell whether one is in it.
func (x *Index) Closes(s filter.Suffixes) (found bool) {
	if x.broken.Load() {
		return false
	}
	debug.SetPanicOnFault(true)
	defer func() { x.caught(recover()) }()
	d := x.digester
	for i := s.Len() - 1; i > 0 && !found; i-- { // a single label is no name that a list may have
		name := s.Suffix(i)
		found = d.plain && x.hasDigest(d.masker.mask(sha256.Sum256(name)))
		for k := 0; k < len(d.secrets) && !found; k++ {
			found = x.hasDigest(d.masker.mask(d.secrets[k].sum(name)))
		}
	}
	return found
}

func (x *Index) hasDigest(want uint64) bool {
	from, to := 0, len(x.digests)/8
	for from < to {
		mid := int(uint(from+to) >> 1)
		switch got := binary.LittleEndian.Uint64(x.digests[mid*8:]); {
		case got == want:
			return true
		case got < want:
			from = mid + 1
		default:
			to = mid
		}
	}
	return false
}

// A digester makes the digests of a name that the lists may hold.
type digester struct {
	plain   bool // SHA-256
	secrets []secret
	masker  masker
}

// addDigests takes what the list with the given index brought.
func (b *builder) addDigests(list int, l Source, digests []uint64) {
	if l.Digests == nil {
		return
	}
	digests = distinct(digests)
	b.stats.Lists[list].Names = len(digests)
	b.digests = append(b.digests, digests...)
	if len(l.Secret) == 0 {
		b.digester.plain = true
	} else if s := newSecret(l.Secret); !slices.Contains(b.digester.secrets, s) {
		b.digester.secrets = append(b.digester.secrets, s)
	}
}

func distinct(digests []uint64) []uint64 {
	slices.Sort(digests)
	return slices.Compact(digests)
}

// A masker hashes a digest with the installation's own key. SHA-256 of a key
// and a digest, which are of fixed size, is as good as an HMAC, and one block.
type masker [16]byte

func newMasker(key filter.HashKey) (m masker) {
	derived := key.Derive("digests")
	copy(m[:], derived[:])
	return m
}

func (m *masker) mask(digest [sha256.Size]byte) uint64 {
	var block [len(m) + sha256.Size]byte
	copy(block[:], m[:])
	copy(block[len(m):], digest[:])
	sum := sha256.Sum256(block[:])
	return binary.LittleEndian.Uint64(sum[:])
}

// A secret is the key of an HMAC (RFC 2104), filled up to a block.
type secret [sha256.BlockSize]byte

func newSecret(key []byte) (s secret) {
	if len(key) > len(s) {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	copy(s[:], key)
	return s
}

// sum is HMAC-SHA-256 of a name, as crypto/hmac has it but without an
// allocation: it stands in the path of every query.
func (s *secret) sum(name []byte) [sha256.Size]byte {
	var inner [sha256.BlockSize + 256]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	for i, c := range s {
		inner[i], outer[i] = c^0x36, c^0x5c
	}
	size := sha256.BlockSize + copy(inner[sha256.BlockSize:], name)
	sum := sha256.Sum256(inner[:size])
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}

// sealed is what the file says of how its digests are made. The keys belong to
// whoever publishes the list, and are not for whoever finds the file.
type sealed struct {
	Plain   bool     `json:"plain"`
	Secrets [][]byte `json:"secrets"`
}

func (d *digester) seal(key filter.HashKey) ([]byte, error) {
	s := sealed{Plain: d.plain}
	for _, secret := range d.secrets {
		s.Secrets = append(s.Secrets, bytes.Clone(secret[:]))
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	gcm, err := sealer(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce) // never fails: see its documentation
	return gcm.Seal(nonce, nonce, text, nil), nil
}

func unseal(key filter.HashKey, data []byte) (*digester, error) {
	gcm, err := sealer(key)
	if err != nil {
		return nil, err
	}
	if len(data) < gcm.NonceSize() {
		return nil, errors.New("its seal is cut short")
	}
	text, err := gcm.Open(nil, data[:gcm.NonceSize()], data[gcm.NonceSize():], nil)
	if err != nil {
		return nil, errors.New("its seal is broken")
	}
	var s sealed
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	if len(s.Secrets) > maxSecrets {
		return nil, errors.New("its seal holds too many keys")
	}
	d := &digester{plain: s.Plain, masker: newMasker(key)}
	for _, k := range s.Secrets {
		d.secrets = append(d.secrets, newSecret(k))
	}
	return d, nil
}

func sealer(key filter.HashKey) (cipher.AEAD, error) {
	derived := key.Derive("digest keys")
	block, err := aes.NewCipher(derived[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
