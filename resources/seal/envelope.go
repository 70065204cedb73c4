package seal

import (
	"bytes"
	"encoding/json"
	"fmt"

	"lessonguard/resources"
)

// An Envelope is what is inside a sealed message. The kind is inside too, so
// that nobody on the way can pass an attestation off as a report.
type Envelope struct {
	Version int             `json:"version"` // 1
	Kind    resources.Kind  `json:"kind"`
	Payload json.RawMessage `json:"payload"`
}

const version = 1

func wrap(kind resources.Kind, payload any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // it would take six bytes for each < and & in a child's words
	if err := enc.Encode(payload); err != nil {
		return nil, fmt.Errorf("sealing %s: %w", kind, err)
	}
	inside := Envelope{version, kind, b.Bytes()}
	b = bytes.Buffer{}
	enc = json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(inside); err != nil {
		return nil, fmt.Errorf("sealing %s: %w", kind, err)
	}
	return b.Bytes(), nil
}

func unwrap(inside []byte) (Envelope, error) {
	var e Envelope
	if err := json.Unmarshal(inside, &e); err != nil {
		return Envelope{}, fmt.Errorf("opening sealed message: %w", err)
	}
	if e.Version != version {
		return Envelope{}, fmt.Errorf("opening sealed message: it is of version %d, this program reads version %d: update it", e.Version, version)
	}
	return e, nil
}

// Decode reads the payload into v. Fields that v does not have are passed over:
// an older inbox must still show a newer report.
func (e Envelope) Decode(v any) error {
	if err := json.Unmarshal(e.Payload, v); err != nil {
		return fmt.Errorf("reading %s: %w", e.Kind, err)
	}
	return nil
}
