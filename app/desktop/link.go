package desktop

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"slices"
	"strings"
)

// schemes are those that [OpenURL] opens. Files, scripts and other programs'
// schemes are not: an address may come from a provider's profile.
var schemes = []string{"https", "http", "tel", "mailto", "sms"}

// OpenURL opens an address in the program that the account prefers: its web
// browser, telephone or mail program. No shell takes part in it, and its errors
// do not repeat the address, which is nobody else's to know.
//
// It waits until the desktop has taken the address over, but no longer than
// three seconds or until ctx ends, since some desktops return only when the
// browser is closed: then the outcome is not known, and OpenURL returns nil. The
// browser itself lives on.
func OpenURL(ctx context.Context, address string) error {
	clean, err := check(address)
	if err != nil {
		return fmt.Errorf("opening link: %w", err)
	}
	name, args, err := opener(clean)
	if err != nil {
		return fmt.Errorf("opening link: %w", err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), name, args...)
	cmd.SysProcAttr = apart
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("opening link: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err = <-ended:
	case <-ctx.Done():
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening link: the desktop has no program for it (%w)", err)
	}
	return nil
}

// check returns the address as it is handed on: one of the schemes, with nothing
// in it that another program could take for a quote or an option.
func check(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("it is not an address") // the error would repeat it
	}
	if !slices.Contains(schemes, u.Scheme) {
		return "", fmt.Errorf("only %s addresses are opened", strings.Join(schemes, ", "))
	}
	web := u.Scheme == "https" || u.Scheme == "http"
	if web && (u.Hostname() == "" || u.User != nil) || !web && u.Opaque == "" {
		return "", errors.New("it names nobody to reach, or holds a password")
	}
	clean := u.String()
	for _, r := range clean {
		if !allowed(r) {
			return "", errors.New("it holds a character that belongs in no address")
		}
	}
	return clean, nil
}

// allowed reports whether r may be in an address (RFC 3986, section 2).
func allowed(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~:/?#[]@!$&'()*+,;=%", r)
}
