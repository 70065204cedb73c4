package main

import (
	"context"
	"fmt"
	"time"

	"lessonguard/agreements"
	"lessonguard/agreements/keys"
	"lessonguard/filter"
	"lessonguard/resources/platform"
)

// enrol enrols the family with the platform of a profile, keeps the guardian's
// token in the keyring, and returns the provider as the household keeps it. The
// attempt is the same for each try of one invite, which works once.
func enrol(ctx context.Context, p agreements.Profile, invite, attempt string, vault *keys.Vault) (filter.Provider, error) {
	known := filter.Provider{ID: p.ID, Name: p.Name, Practice: p.Practice}
	if p.Platform == nil {
		return known, nil
	}
	client, err := platform.New(platform.Config{URL: p.Platform.URL})
	if err != nil {
		return known, fmt.Errorf("enrolling with %s: %w", p.Name, err)
	}
	defer client.Close()
	e, err := client.Enrol(ctx, invite, attempt)
	if err != nil {
		return known, fmt.Errorf("enrolling with %s: %w", p.Name, err)
	}
	if err := vault.Set(ctx, keys.PlatformToken(p.ID), e.GuardianToken); err != nil {
		return known, fmt.Errorf("enrolling with %s: %w", p.Name, err)
	}
	known.Route = &filter.Route{
		// A profile that ships with the program is one that we checked.
		URL: p.Platform.URL, Verified: true,
		Safeguarding: e.Profile.Safeguarding, Oversight: e.Profile.Oversight, ReadingHours: e.Profile.ReadingHours,
		Token: e.SubmitToken, Enrolled: time.Now().UTC().Truncate(time.Second),
	}
	return known, nil
}
