package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// ErrVersion says that the platform speaks a contract that this program does
// not know.
var ErrVersion = errors.New("the platform needs a newer version of Lessonguard")

// ErrInvite says that the platform does not take the invite.
var ErrInvite = errors.New("the platform does not know this invite, or it was used or has ended: ask for a new one")

// Profile returns what the platform says of itself, with the keys to seal to.
func (c *Client) Profile(ctx context.Context) (Profile, error) {
	resp, answer, err := c.do(ctx, http.MethodGet, "/v1/profile", "", "", nil)
	if err != nil {
		return Profile{}, fmt.Errorf("asking for the profile: %w", err)
	}
	var p Profile
	if resp.StatusCode != http.StatusOK {
		return Profile{}, fmt.Errorf("asking for the profile: %w", refusal(resp, answer))
	}
	err = decode(resp, answer, &p)
	if err == nil {
		err = p.check()
	}
	if err != nil {
		return Profile{}, fmt.Errorf("asking for the profile: %w", err)
	}
	return p, nil
}

func (p Profile) check() error {
	switch {
	case p.Contract > Version:
		return ErrVersion
	case p.Contract < 1 || p.Name == "" || len(p.Safeguarding) == 0:
		return fmt.Errorf("%w: the profile lacks a name or a key", ErrNotPlatform)
	}
	return nil
}

// Enrol exchanges an invite for the family's tokens. The attempt is a
// [resources.NewID] that stays the same when the same invite is tried again
// after no answer came; the platform then gives the same household.
func (c *Client) Enrol(ctx context.Context, invite, attempt string) (Enrolment, error) {
	body, err := json.Marshal(EnrolRequest{Invite: invite, Attempt: attempt})
	if err != nil {
		return Enrolment{}, fmt.Errorf("enrolling: %w", err)
	}
	resp, answer, err := c.do(ctx, http.MethodPost, "/v1/enrol", "", "application/json", body)
	if err != nil {
		return Enrolment{}, fmt.Errorf("enrolling: %w", err)
	}
	if resp.StatusCode != http.StatusCreated {
		err := refusal(resp, answer)
		if r, ok := errors.AsType[*Refusal](err); ok && r.Problem.Type == BadInvite.Type {
			return Enrolment{}, fmt.Errorf("enrolling: %w", ErrInvite)
		}
		return Enrolment{}, fmt.Errorf("enrolling: %w", err)
	}
	var e Enrolment
	err = decode(resp, answer, &e)
	if err == nil {
		err = e.Profile.check()
	}
	if err == nil && (e.SubmitToken == "" || e.GuardianToken == "" || e.Household == "") {
		err = fmt.Errorf("%w: a token is missing", ErrNotPlatform)
	}
	if err != nil {
		return Enrolment{}, fmt.Errorf("enrolling: %w", err)
	}
	return e, nil
}
