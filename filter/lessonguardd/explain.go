package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// explain says whether a name is open now. All of why is the guardian's to know:
// nobody else is to find out by it what is on a restricted list.
func explain(ctx context.Context, std stdio, args []string) error {
	var a asking
	f := flags(std, "explain", "whether a name is open now, and why")
	a.add(f)
	learner := f.String("learner", "", "`id` of the learner who would ask; default: the strictest")
	why := f.Bool("why", false, "say all of why: the category, the listed name and the lists of what is always closed too (needs the PIN)")
	words, err := parse(f, args, "NAME")
	if err != nil {
		return err
	}
	n, err := filter.ParseName(words[0])
	if err != nil {
		return fmt.Errorf("%w: give a name such as example.com", err)
	}
	client := control.NewClient(a.path)
	var x filter.Explanation
	err = a.asGuardian(ctx, std, client, func() (err error) {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if *why {
			if _, err := client.Policy(ctx); err != nil { // which is a guardian's alone to see
				return err
			}
		}
		x, err = client.Explain(ctx, filter.Question{Name: n, Learner: *learner})
		return err
	})
	if err != nil {
		return err
	}
	return a.show(std, x, explainText(x))
}

func explainText(x filter.Explanation) string {
	happens := x.Action.String()
	if x.Unfiltered {
		happens = "not filtered now"
	}
	text := fmt.Sprintf("%s: %s\n%s\n", x.Name, happens, x.Sentence)
	if len(x.Lists) > 0 {
		text += "lists: " + strings.Join(x.Lists, ", ") + "\n"
	}
	if x.Reason == filter.Listed && x.Category == nil {
		text += "A guardian is told why: lessonguardd explain --why " + string(x.Name) + "\n"
	}
	return text
}
