package platform

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Config says which platform to speak to. Only URL must be set.
type Config struct {
	// URL is the platform's, without a path. It begins with https://; only a
	// practice platform on this PC may have http://.
	URL string
	// Roots are whom to trust to vouch for the host; nil: whom the PC trusts.
	Roots *x509.CertPool
	// Timeout is for each request, answer included; 0: 30 seconds.
	Timeout time.Duration
}

// A Client speaks to one platform. Its errors hold no path and no id, because
// they may end in a log: a log must not tell a report from a hello.
type Client struct {
	base *url.URL
	http *http.Client
}

// ErrAddress marks an address that no platform can have.
var ErrAddress = errors.New("that is not the address of a platform")

// New makes a client. It contacts nobody.
func New(cfg Config) (*Client, error) {
	base, err := parseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	return &Client{base, &http.Client{
		Timeout: cfg.Timeout,
		// A message goes to the host that the learner was shown and to no other.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSClientConfig:        &tls.Config{RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // lengths would follow the words
			TLSHandshakeTimeout:    cfg.Timeout,
			ResponseHeaderTimeout:  cfg.Timeout,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: 16 << 10,
		},
	}}, nil
}

func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, fmt.Errorf("%q: %w: it looks like https://safe.example.org", s, ErrAddress)
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return nil, fmt.Errorf("%q: %w: it is a host only, like https://safe.example.org", s, ErrAddress)
	case u.Scheme == "https":
	case u.Scheme != "http":
		return nil, fmt.Errorf("%q: %w: it begins with https://", s, ErrAddress)
	case !loopback(u.Hostname()):
		return nil, fmt.Errorf("%q: %w: without https:// anybody on the way could read along", s, ErrAddress)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// pathSize is how long the path and the padding are together. The longest path
// is that of a help-request, 50 letters.
const pathSize = 20 + 32

// do sends one request and returns the status and the body of the answer.
func (c *Client) do(ctx context.Context, method, path, token, mediaType string, body []byte) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, bare(err)
	}
	req.Header.Set("User-Agent", "lessonguard") // and not which version of it
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if mediaType != "" {
		req.Header.Set("Content-Type", mediaType)
	}
	if n := pathSize - len(path); n > 0 {
		req.Header.Set("Lessonguard-Padding", strings.Repeat("x", n))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("reaching the platform: %w", bare(err))
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the platform's answer: %w", bare(err))
	}
	if len(answer) > answerLimit {
		return nil, nil, fmt.Errorf("reading the platform's answer: %w: it is too long", ErrNotPlatform)
	}
	return resp, answer, nil
}

// answerLimit is longer than any answer of the contract: two pairs of the
// longest keys there are.
const answerLimit = 64 << 10

// ErrNotPlatform marks an answer that no platform gives: something else answers
// at its address, or on the way to it.
var ErrNotPlatform = errors.New("that was not a platform's answer")

// bare strips the address off an error of net/http.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// decode reads a JSON answer into v.
func decode(resp *http.Response, body []byte, v any) error {
	mediaType, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if mediaType != "application/json" {
		return ErrNotPlatform
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("%w: %w", ErrNotPlatform, err)
	}
	return nil
}
