package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// dig asks the filter for a name's address, as a person would, and returns what
// dig printed.
func dig(ctx context.Context, name string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	host, port, _ := strings.Cut(filterAddr, ":")
	out, err := exec.CommandContext(ctx, "dig", "@"+host, "-p", port, name, "A", "+tries=2", "+timeout=3").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("dig %s: %w: %s", name, err, out)
	}
	return string(out), nil
}

// An expectation is what dig must print of a name.
type expectation struct {
	why, name string
	words     []string
}

// open and closed are the two answers there are.
func open(why, name string) expectation {
	return expectation{why, name, []string{"status: NOERROR", "192.0.2.1"}}
}

func closed(why, name string) expectation {
	return expectation{why, name, []string{"status: NOERROR", "0.0.0.0", "EDE: 17"}}
}

// holds asks until the answer is as expected, for up to the given time.
func (e expectation) holds(ctx context.Context, within time.Duration) error {
	deadline := time.Now().Add(within)
	for {
		out, err := dig(ctx, e.name)
		if err != nil {
			return err
		}
		missing := ""
		for _, w := range e.words {
			if !strings.Contains(out, w) {
				missing = w
			}
		}
		if missing == "" {
			fmt.Printf("  %-52s %s\n", e.why, e.name)
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: %s: no %q in\n%s", e.why, e.name, missing, out)
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// ask runs lessonguardd with words and reads the JSON that it prints.
func (h *house) ask(ctx context.Context, v any, words ...string) error {
	out, err := exec.CommandContext(ctx, "bin/lessonguardd", append(words, "--json", "--control", h.control())...).Output()
	if err != nil {
		return fmt.Errorf("lessonguardd %v: %w", words, err)
	}
	return json.Unmarshal(out, v)
}

// status is what the walk wants to know of the filter.
type status struct {
	PINSet   bool   `json:"pinSet"`
	Provider string `json:"provider"`
	Names    int    `json:"names"`
	Starter  bool   `json:"starter"`
	Lesson   struct {
		On bool `json:"on"`
	} `json:"lesson"`
}

// until asks for the status until it is as wanted.
func (h *house) until(ctx context.Context, what string, within time.Duration, wanted func(status) bool) error {
	deadline := time.Now().Add(within)
	for {
		var s status
		if err := h.ask(ctx, &s, "status"); err != nil {
			return err
		}
		if wanted(s) {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: the filter says %+v", what, s)
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}
