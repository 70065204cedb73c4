package main

import (
	"context"
	"fmt"
	"strings"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// homeNames shows the names that may lead to addresses of a private network, as
// that of a family's own server does; or has others in their place, or none.
func homeNames(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "home", "names that may lead to this home's network, with everything under them:\nhome nas.example.org other.example; home none.\nThe answers for all others are refused where they do: a page could reach the router by them")
	a.add(f)
	words, err := parseSome(f, args)
	if err != nil {
		return err
	}
	names := []filter.Name{}
	for _, text := range words {
		if text == "none" && len(words) == 1 {
			break
		}
		n, err := filter.ParseName(strings.TrimSuffix(text, ","))
		if err != nil {
			return fmt.Errorf("%w: give a name such as nas.example.org", err)
		}
		names = append(names, n)
	}
	client := control.NewClient(a.path)
	err = a.asGuardian(ctx, std, client, func() error {
		p, err := client.Policy(ctx)
		if err != nil {
			return err
		}
		if len(words) == 0 {
			names = append(names, p.Rebinding...)
			return nil
		}
		p.Rebinding = names
		return client.SetPolicy(ctx, p)
	})
	if err != nil {
		return err
	}
	return a.show(std, names, homeText(names))
}

func homeText(names []filter.Name) string {
	if len(names) == 0 {
		return "no name of the internet may lead to this home's network\n"
	}
	var b strings.Builder
	for _, n := range names {
		b.WriteString(string(n) + "\n")
	}
	return b.String()
}
