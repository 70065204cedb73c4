package platform

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"time"

	"lessonguard/resources"
)

// Send posts one message with the family's submit token. An error that is
// [resources.ErrRejected] lasts; a [*resources.Later] says when to try again;
// any other may pass.
func (c *Client) Send(ctx context.Context, token string, m resources.Message) (resources.Receipt, error) {
	if err := m.Check(); err != nil {
		return resources.Receipt{}, fmt.Errorf("sending message: %w: %w", resources.ErrRejected, err)
	}
	r, err := c.put(ctx, paths[m.Kind]+m.ID, token, m.ID, m.Sealed)
	if err != nil {
		return resources.Receipt{}, fmt.Errorf("sending message: %w", err)
	}
	return r, nil
}

// Hello posts nothing, in the shape of a message: the same size, headers and
// answer. It tells whoever watches the network nothing when it is made as often
// as messages are.
func (c *Client) Hello(ctx context.Context, token string) error {
	id, body := resources.NewID(), make([]byte, helloSize())
	_, _ = rand.Read(body)
	if _, err := c.put(ctx, helloPath+id, token, id, body); err != nil {
		// The same words as for a message: both may end in one log.
		return fmt.Errorf("sending message: %w", err)
	}
	return nil
}

// helloSize draws a size about as often as messages have it: most are short.
func helloSize() int {
	n, _ := rand.Int(rand.Reader, big.NewInt(32))
	switch {
	case n.Int64() == 0:
		return resources.Sizes[2]
	case n.Int64() < 6:
		return resources.Sizes[1]
	}
	return resources.Sizes[0]
}

func (c *Client) put(ctx context.Context, path, token, id string, body []byte) (resources.Receipt, error) {
	resp, answer, err := c.do(ctx, http.MethodPut, path, token, SealedType, body)
	if err != nil {
		return resources.Receipt{}, err
	}
	if resp.StatusCode != http.StatusCreated && resp.StatusCode != http.StatusOK {
		return resources.Receipt{}, refusal(resp, answer)
	}
	return readReceipt(resp, answer, id)
}

// Receipt returns how far a message has come. It fails with a [*Refusal] of
// status 404 when the platform does not have it.
func (c *Client) Receipt(ctx context.Context, token, id string) (resources.Receipt, error) {
	resp, answer, err := c.do(ctx, http.MethodGet, receiptPath+id, token, "", nil)
	if err != nil {
		return resources.Receipt{}, fmt.Errorf("asking for a receipt: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return resources.Receipt{}, fmt.Errorf("asking for a receipt: %w", refusal(resp, answer))
	}
	return readReceipt(resp, answer, id)
}

// readReceipt believes a receipt only for the id that was asked for: whatever
// answers 200 to everything has kept nothing.
func readReceipt(resp *http.Response, answer []byte, id string) (resources.Receipt, error) {
	var r Receipt
	if err := decode(resp, answer, &r); err != nil {
		return resources.Receipt{}, err
	}
	if r.ID != id || r.State != Received && r.State != Opened || r.Received.IsZero() {
		return resources.Receipt{}, fmt.Errorf("%w: the receipt is for something else", ErrNotPlatform)
	}
	got := resources.Receipt{ID: r.ID, State: resources.ReceiptState(r.State), Received: r.Received}
	if r.Opened != nil {
		got.Opened = *r.Opened
	}
	return got, nil
}

// NewReceipt makes the wire's receipt of a root one.
func NewReceipt(r resources.Receipt) Receipt {
	wire := Receipt{ID: r.ID, State: ReceiptState(r.State), Received: r.Received.UTC().Truncate(time.Second)}
	if !r.Opened.IsZero() {
		t := r.Opened.UTC().Truncate(time.Second)
		wire.Opened = &t
	}
	return wire
}
