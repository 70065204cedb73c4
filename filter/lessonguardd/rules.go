package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// rulesCommand shows the guardian's own rules on names, makes one, or takes those
// on a name away.
func rulesCommand(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "rules", "your own rules (needs the PIN): rules, rules allow NAME, rules block NAME, rules remove NAME.\n"+
		"A rule holds for a name and everything under it, and goes before every list")
	a.add(f)
	scope := f.String("scope", "", "when it holds: `SCOPE` always, lessons, outside-lessons (default: always; of an allow outside lessons, or always in a lesson;\nwith remove: whenever they hold)")
	length := f.Duration("for", 0, "how `long` it holds, such as 24h (default: for good)")
	words, err := parseSome(f, args)
	if err != nil {
		return err
	}
	w, err := parseWish(words, filter.RuleScope(*scope), *length)
	if err != nil {
		return err
	}
	client := control.NewClient(a.path)
	rules := []filter.Rule{}
	err = a.asGuardian(ctx, std, client, func() error {
		p, err := client.Policy(ctx)
		if err != nil {
			return err
		}
		if w.what != "" {
			if p, err = w.on(ctx, client, p); err == nil {
				err = client.SetPolicy(ctx, p)
			}
		}
		rules = append(rules, p.Rules...)
		return err
	})
	if err != nil {
		return plain(err)
	}
	if w.what != "" {
		rules = slices.DeleteFunc(rules, func(r filter.Rule) bool { return r.Name != w.name })
	}
	return a.show(std, rules, rulesText(rules, w.name, time.Now()))
}

// A wish is what is to be done with the rules: allow, block, remove; or nothing.
type wish struct {
	what  string
	name  filter.Name
	scope filter.RuleScope // empty: nothing is said of it
	until time.Time
}

func parseWish(words []string, scope filter.RuleScope, length time.Duration) (w wish, err error) {
	switch {
	case len(words) == 0 && scope == "" && length == 0:
		return w, nil
	case len(words) != 2 || !slices.Contains([]string{"allow", "block", "remove"}, words[0]):
		return w, errors.New("rules wants nothing, allow NAME, block NAME, or remove NAME: see lessonguardd rules --help")
	case scope != "" && !slices.Contains([]filter.RuleScope{filter.Always, filter.InLessons, filter.OutsideLessons}, scope):
		return w, fmt.Errorf("--scope %s is none of %s, %s, %s", scope, filter.Always, filter.InLessons, filter.OutsideLessons)
	case length < 0 || length > 0 && words[0] == "remove":
		return w, fmt.Errorf("--for %v is no time that a rule could hold: give one such as 24h, with allow or block", length)
	}
	w = wish{what: words[0], scope: scope}
	if w.name, err = filter.ParseName(words[1]); err != nil {
		return w, fmt.Errorf("%w: give a name such as example.com", err)
	}
	if length > 0 {
		w.until = time.Now().Add(length).UTC().Truncate(time.Second)
	}
	return w, nil
}

// on returns the policy as it is to be. An allow holds, where nothing is said of
// it, where it is made: outside lessons, but for one that is made in a lesson.
func (w wish) on(ctx context.Context, client *control.Client, p filter.Policy) (filter.Policy, error) {
	if w.what == "remove" {
		kept := slices.DeleteFunc(slices.Clone(p.Rules), func(r filter.Rule) bool {
			return r.Name == w.name && (w.scope == "" || w.scope == r.Scope)
		})
		if len(kept) == len(p.Rules) {
			return p, fmt.Errorf("there is no such rule for %s: see lessonguardd rules", w.name)
		}
		p.Rules = kept
		return p, nil
	}
	rule := filter.Rule{Name: w.name, Allow: w.what == "allow", Scope: w.scope, Until: w.until}
	if rule.Scope == "" {
		s, err := client.Status(ctx)
		if err != nil {
			return p, err
		}
		if rule.Scope = filter.Always; rule.Allow && !s.Lesson.On {
			rule.Scope = filter.OutsideLessons
		}
	}
	return p.With(rule), nil
}

// plain returns what a policy is refused for, in the words of that alone.
func plain(err error) error {
	if _, why, ok := strings.Cut(err.Error(), filter.ErrBadPolicy.Error()+": "); ok && errors.Is(err, filter.ErrBadPolicy) {
		return errors.New(why)
	}
	return err
}

// rulesText says the rules there are, or those on one name.
func rulesText(rules []filter.Rule, on filter.Name, now time.Time) string {
	if len(rules) == 0 && on != "" {
		return fmt.Sprintf("there is no rule of your own for %s\n", on)
	}
	if len(rules) == 0 {
		return "there are no rules of your own\n"
	}
	var b strings.Builder
	for _, r := range rules {
		what, when := "block", map[filter.RuleScope]string{
			filter.Always: "always", filter.InLessons: "in lessons", filter.OutsideLessons: "outside lessons",
		}[r.Scope]
		if r.Allow {
			what = "allow"
		}
		if until := r.Until.Local().Format("2006-01-02 15:04"); now.Before(r.Until) {
			when += ", until " + until
		} else if !r.Until.IsZero() {
			when += ", ended " + until
		}
		fmt.Fprintf(&b, "%s  %-30s  %s\n", what, r.Name, when)
	}
	return b.String()
}
