package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// A dsl is somebody who is signed in to the platform's inbox.
type dsl struct{ http *http.Client }

func signIn(ctx context.Context, password string) (*dsl, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	d := &dsl{&http.Client{Jar: jar}}
	page, err := d.post(ctx, "/sign-in", url.Values{"password": {password}})
	if err != nil {
		return nil, err
	}
	if !strings.Contains(page, "Sign out") {
		return nil, fmt.Errorf("signing in to the inbox: it did not let us in: %s", page)
	}
	return d, nil
}

var (
	item  = regexp.MustCompile(`<h2><a href="(/messages/[0-9a-f]+)">([^<]*)</a>`)
	form  = regexp.MustCompile(`<form method="post" action="(/messages/[0-9a-f]+/open)"><input type="hidden" name="form" value="([^"]+)">`)
	spoke = regexp.MustCompile(`(?s)<div class="words">(.*?)</div>`)
)

// list returns the titles of the messages.
func (d *dsl) list(ctx context.Context) ([]string, error) {
	page, err := d.get(ctx, "/")
	var titles []string
	for _, m := range item.FindAllStringSubmatch(page, -1) {
		titles = append(titles, html.UnescapeString(m[2]))
	}
	return titles, err
}

// words opens the first message that has some, and returns them.
func (d *dsl) words(ctx context.Context) (string, error) {
	list, err := d.get(ctx, "/")
	if err != nil {
		return "", err
	}
	for _, m := range item.FindAllStringSubmatch(list, -1) {
		page, err := d.get(ctx, m[1])
		if err != nil {
			return "", err
		}
		if f := form.FindStringSubmatch(page); f != nil {
			if page, err = d.post(ctx, f[1], url.Values{"form": {f[2]}}); err != nil {
				return "", err
			}
		}
		if found := spoke.FindStringSubmatch(page); found != nil {
			return html.UnescapeString(found[1]), nil
		}
	}
	return "", fmt.Errorf("reading the report: %w", errNothing)
}

func (d *dsl) get(ctx context.Context, path string) (string, error) {
	return d.do(ctx, http.MethodGet, path, nil)
}

func (d *dsl) post(ctx context.Context, path string, v url.Values) (string, error) {
	return d.do(ctx, http.MethodPost, path, strings.NewReader(v.Encode()))
}

func (d *dsl) do(ctx context.Context, method, path string, body io.Reader) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+platformAddr+path, body)
	if err != nil {
		return "", err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := d.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the inbox answered %s to %s", resp.Status, path)
	}
	return string(page), err
}
