package main

import (
	"context"
	"fmt"
	"strings"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// resolvers shows whom the filter asks for what is open, where the guardian chose
// that, or has others asked in their place, or again those of this PC.
func resolvers(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "resolvers", "resolvers to ask for what is open, the first before the others:\nresolvers 1.1.1.3 1.0.0.3; resolvers tls://dns.example; resolvers own.\n"+chosenWarning)
	a.add(f)
	words, err := parseSome(f, args)
	if err != nil {
		return err
	}
	chosen := []string{}
	for _, text := range words {
		if text == "own" && len(words) == 1 {
			break
		}
		u, err := filter.ParseUpstream(strings.TrimSuffix(text, ","))
		if err != nil {
			return err
		}
		chosen = append(chosen, u.String())
	}
	client := control.NewClient(a.path)
	err = a.asGuardian(ctx, std, client, func() error {
		p, err := client.Policy(ctx)
		if err != nil {
			return err
		}
		if len(words) == 0 {
			chosen = append(chosen, p.Upstreams...)
			return nil
		}
		p.Upstreams = chosen
		return client.SetPolicy(ctx, p)
	})
	if err != nil {
		return err
	}
	if len(chosen) > 0 {
		fmt.Fprintln(std.err, chosenWarning)
	}
	return a.show(std, chosen, resolversText(chosen))
}

// chosenWarning is said whenever others than the PC's own are asked.
const chosenWarning = "Your broadband provider may filter too, child-abuse images among it. Other resolvers than this PC's own\n" +
	"may go round that filter, and they learn which sites this PC asks for, help services apart"

func resolversText(chosen []string) string {
	if len(chosen) == 0 {
		return "the resolvers of this PC's own network\n"
	}
	return strings.Join(chosen, "\n") + "\n"
}
