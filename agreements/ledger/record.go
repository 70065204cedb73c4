package ledger

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"lessonguard/agreements"
)

// format is the only one there is so far.
const format = 1

// A line is one line of the file. Only the bytes of Entry are signed and
// chained; Personal may be erased.
type line struct {
	Entry     json.RawMessage    `json:"entry"`
	Signature string             `json:"signature"` // Ed25519 over context and Entry, hex
	Personal  map[string]opening `json:"personal,omitempty"`
}

// context stands before what is signed, so that no signature of ours can be
// passed off as one of another kind.
const context = "lessonguard acceptance 1\n"

// An entry is the signed part of a line.
type entry struct {
	Format      int                 `json:"format"`
	Seq         int                 `json:"seq"`  // from 1
	Prev        string              `json:"prev"` // SHA-256 of the entry before, hex; of the first: empty
	Key         string              `json:"key"`  // Ed25519 public key that signs it, hex
	Agreement   string              `json:"agreement"`
	Version     int                 `json:"version"`
	Language    string              `json:"language"`
	Digest      string              `json:"digest"`
	Audience    agreements.Audience `json:"audience"`
	Clauses     []string            `json:"clauses"`
	At          time.Time           `json:"at"`
	App         string              `json:"app"`
	Withdraws   bool                `json:"withdraws,omitempty"`
	Commitments map[string]string   `json:"commitments"` // SHA-256(salt || value), hex, by field
}

// An opening shows what a commitment was made to.
type opening struct {
	Salt  string `json:"salt"` // saltSize bytes, hex
	Value string `json:"value"`
}

// saltSize makes guessing a name from its commitment hopeless once the salt is
// erased, and fixes where the salt ends and the value starts.
const saltSize = 32

// A record is a line that stands, read.
type record struct {
	line     []byte // with its line feed
	read     line
	entry    entry
	hash     string // of the entry
	accepted agreements.Acceptance
}

// personal returns the fields of x that name a person.
func personal(x *agreements.Acceptance) map[string]*string {
	return map[string]*string{"name": &x.Name, "learner": &x.Learner, "talkedBy": &x.TalkedBy}
}

// sign makes the record that goes after the last one.
func (l *Ledger) sign(x agreements.Acceptance) (record, error) {
	e := entry{
		Format: format, Seq: len(l.records) + 1, Key: hexKey(l.key),
		Agreement: x.Agreement, Version: x.Version, Language: x.Language, Digest: x.Digest,
		Audience: x.Audience, Clauses: x.Clauses, At: x.At.UTC().Truncate(time.Second), App: x.App, Withdraws: x.Withdraws,
		Commitments: map[string]string{},
	}
	if len(l.records) > 0 {
		e.Prev = l.records[len(l.records)-1].hash
	}
	out := line{Personal: map[string]opening{}}
	for field, value := range personal(&x) {
		if *value == "" {
			continue
		}
		salt := make([]byte, saltSize)
		rand.Read(salt) // never fails: it ends the program instead
		out.Personal[field] = opening{hex.EncodeToString(salt), *value}
		e.Commitments[field] = commit(salt, *value)
	}
	var err error
	if out.Entry, err = json.Marshal(e); err != nil {
		return record{}, err
	}
	signature, err := l.signer.Sign(rand.Reader, append([]byte(context), out.Entry...), crypto.Hash(0))
	if err != nil {
		return record{}, fmt.Errorf("signing: %w", err)
	}
	out.Signature = hex.EncodeToString(signature)
	data, err := json.Marshal(out)
	if err != nil {
		return record{}, err
	}
	// Read it as anybody will: what cannot be read back is not written.
	return parse(append(data, '\n'), e.Seq, e.Prev)
}

func commit(salt []byte, value string) string {
	sum := sha256.Sum256(append(bytes.Clone(salt), value...))
	return hex.EncodeToString(sum[:])
}

// parse reads one line and checks all that can be checked of it: its signature,
// its place in the chain, and that what names a person is what was signed.
func parse(data []byte, seq int, prev string) (record, error) {
	r := record{line: data}
	if err := strict(data, &r.read); err != nil {
		return r, fmt.Errorf("it cannot be read: %w", err)
	}
	// A newer program may sign fields that this one does not know, so the key is
	// looked for first, and the rest only under a signature that holds.
	var signed struct {
		Format int    `json:"format"`
		Key    string `json:"key"`
	}
	if err := json.Unmarshal(r.read.Entry, &signed); err != nil {
		return r, fmt.Errorf("it cannot be read: %w", err)
	}
	key, keyErr := hex.DecodeString(signed.Key)
	signature, sigErr := hex.DecodeString(r.read.Signature)
	if keyErr != nil || sigErr != nil || len(key) != ed25519.PublicKeySize ||
		!ed25519.Verify(key, append([]byte(context), r.read.Entry...), signature) {
		return r, errors.New("its signature does not fit: it was changed after it was signed")
	}
	if signed.Format > format {
		return r, ErrNewer
	}
	if err := strict(r.read.Entry, &r.entry); err != nil {
		return r, fmt.Errorf("it cannot be read: %w", err)
	}
	sum := sha256.Sum256(r.read.Entry)
	r.hash = hex.EncodeToString(sum[:])
	if r.entry.Seq != seq || r.entry.Prev != prev {
		return r, errors.New("it does not follow the one before: a line is missing, moved or doubled")
	}
	return r, r.open()
}

// open fills in the acceptance.
func (r *record) open() error {
	e := r.entry
	r.accepted = agreements.Acceptance{
		Agreement: e.Agreement, Version: e.Version, Language: e.Language, Digest: e.Digest, Audience: e.Audience,
		Clauses: e.Clauses, At: e.At, App: e.App, Withdraws: e.Withdraws,
	}
	fields := personal(&r.accepted)
	for field, o := range r.read.Personal {
		salt, err := hex.DecodeString(o.Salt)
		value, known := fields[field]
		if err != nil || len(salt) != saltSize || !known ||
			subtle.ConstantTimeCompare([]byte(commit(salt, o.Value)), []byte(e.Commitments[field])) != 1 {
			return errors.New("who it names is not who was signed for")
		}
		*value = o.Value
	}
	return nil
}

// strict decodes exactly one JSON value without keys that v does not have.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more on the line than one record")
	}
	return nil
}

func hexKey(key ed25519.PublicKey) string { return hex.EncodeToString(key) }
