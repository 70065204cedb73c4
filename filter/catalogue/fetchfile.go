package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lessonguard/assets/files"
)

// Why a download is given up: nothing comes any more, or so little at a time that
// the other lists, and a category that the guardian closes, would wait for hours.
var (
	errStalled = errors.New("the publisher's server sends nothing any more: it is tried again later")
	errSlow    = errors.New("the publisher's server is too slow: it is tried again later")
)

// get puts the file at address, by the given name, in the copy that is being
// filled: fetched, or from the old copy if it is still the same. What of it
// arrived stays for the next time if the connection breaks off.
func (f *fetching) get(ctx context.Context, address, name string) error {
	ctx, give := context.WithCancelCause(ctx)
	defer give(nil)
	stall := time.AfterFunc(f.config.Stall, func() { give(errStalled) })
	defer stall.Stop()

	p := openPart(f.dir, name, address)
	had, old := f.old.Files[name], filepath.Join(f.dir, f.old.Copy, name)
	if _, err := os.Stat(old); err != nil || f.old.Copy == "" || had.Address != address {
		had = version{}
	}
	resp, err := f.ask(ctx, address, had, p)
	if err != nil {
		return cause(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	to := filepath.Join(f.dir, f.copy, name)
	switch {
	case resp.StatusCode == http.StatusNotModified && had.validates():
		p.remove()
		f.files[name] = had
		return again(old, to)
	case resp.StatusCode == http.StatusPartialContent && p.size > 0 && toTheEnd(resp.Header.Get("Content-Range"), p.size):
	case resp.StatusCode == http.StatusOK:
		p.size = 0
	default:
		p.remove()
		return answered(resp)
	}
	if err := f.receive(ctx, resp, p, stall); err != nil {
		return cause(ctx, err)
	}
	f.files[name], f.changed = p.Version, true
	return p.finish(to)
}

// ask sends the request: for what is missing of a part, and only if it is not
// what we have (RFC 9110 sections 13 and 14).
func (f *fetching) ask(ctx context.Context, address string, had version, p *part) (*http.Response, error) {
	client := *f.config.HTTP
	client.CheckRedirect = func(to *http.Request, via []*http.Request) error {
		if to.URL.Scheme != "https" {
			return errors.New("sent on to an address without encryption")
		}
		if len(via) >= 5 {
			return errors.New("sent on too often")
		}
		return nil
	}
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no https address", address)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "Lessonguard")
	req.Header.Set("Accept-Encoding", "identity") // ranges, sizes and signatures are of the file itself
	if had.ETag != "" {
		req.Header.Set("If-None-Match", had.ETag)
	} else if had.Modified != "" {
		req.Header.Set("If-Modified-Since", had.Modified)
	}
	if p.size > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", p.size))
		req.Header.Set("If-Range", p.Version.resumes())
	}
	resp, err := client.Do(req)
	if failed := (*url.Error)(nil); errors.As(err, &failed) {
		err = failed.Err // the address stands in the catalogue
	}
	return resp, err
}

// toTheEnd reports whether a Content-Range begins where we wanted it to and goes
// to the end of the file: what stops before it would look whole.
func toTheEnd(value string, from int64) bool {
	var begin, last, size int64
	n, err := fmt.Sscanf(value, "bytes %d-%d/%d", &begin, &last, &size)
	return n == 3 && err == nil && begin == from && last == size-1
}

// answered says why an answer is of no use.
func answered(resp *http.Response) error {
	if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
		return fmt.Errorf("the publisher's server answered %s: %w", resp.Status, fs.ErrNotExist)
	}
	return fmt.Errorf("the publisher's server answered %s", resp.Status)
}

// receive writes the body of resp behind what there is of p.
func (f *fetching) receive(ctx context.Context, resp *http.Response, p *part, stall *time.Timer) error {
	size := int64(-1)
	if resp.ContentLength >= 0 {
		size = p.size + resp.ContentLength
	}
	if max(size, p.size) > f.left {
		p.remove()
		return f.tooLarge()
	}
	if p.size == 0 {
		p.Version.ETag, p.Version.Modified = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	}
	file, err := p.create()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	shown, buf := int64(-1), make([]byte, 64<<10)
	for {
		n, err := resp.Body.Read(buf)
		if p.size += int64(n); p.size > f.left {
			p.remove()
			return f.tooLarge()
		}
		if n > 0 {
			stall.Reset(f.config.Stall)
			if _, err := file.Write(buf[:n]); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			// A server that notices may end its answer, and it would look whole.
			return cause(ctx, ctx.Err())
		}
		done := errors.Is(err, io.EOF)
		if f.config.Progress != nil && (done || p.size-shown >= 256<<10) {
			shown = p.size
			f.config.Progress(Progress{ID: f.list.ID, Done: p.size, Size: size})
		}
		if done {
			f.left -= p.size
			return errors.Join(file.Sync(), file.Close())
		}
		if err != nil {
			return fmt.Errorf("the connection broke off after %d bytes: %w", p.size, cause(ctx, err))
		}
	}
}

func (f *fetching) tooLarge() error {
	return fmt.Errorf("it is larger than the %d MiB that a list may have", f.config.Limit>>20)
}

// cause returns why ctx is done if that is what err is about.
func cause(ctx context.Context, err error) error {
	if why := context.Cause(ctx); why != nil && ctx.Err() != nil {
		return why
	}
	return err
}

// again puts what is at from at to as well.
func again(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	data, err := os.ReadFile(from) // a file system without links
	if err != nil {
		return err
	}
	return files.Write(to, data, 0o600)
}

// A part is a file of which some has arrived.
type part struct {
	Version version

	path string // of the bytes; what is known of them is beside
	size int64
}

// openPart returns what there is of a file from before: nothing, if it is of
// another address or cannot be gone on with.
func openPart(dir, name, address string) *part {
	p := &part{path: filepath.Join(dir, name+".part")}
	about, err := os.ReadFile(p.about())
	if err == nil && json.Unmarshal(about, p) == nil && p.Version.Address == address && p.Version.resumes() != "" {
		if info, err := os.Stat(p.path); err == nil {
			p.size = info.Size()
		}
	}
	if p.size == 0 {
		p.Version = version{Address: address}
	}
	return p
}

func (p *part) about() string { return p.path + ".json" }

func (p *part) create() (*os.File, error) {
	if p.size > 0 {
		return os.OpenFile(p.path, os.O_WRONLY|os.O_APPEND, 0o600)
	}
	p.remove()
	if p.Version.resumes() != "" {
		about, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		if err := files.Write(p.about(), about, 0o600); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(p.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

func (p *part) finish(to string) error {
	defer os.Remove(p.about()) // what is left of it belongs to nothing
	return os.Rename(p.path, to)
}

func (p *part) remove() {
	p.size = 0
	_ = os.Remove(p.path) // what is left of them is written over
	_ = os.Remove(p.about())
}

// validates reports whether a server can say that it still has v.
func (v version) validates() bool { return v.ETag != "" || v.Modified != "" }

// resumes returns what makes sure that the rest of a file is of the same
// version: a strong ETag, else its date (RFC 9110 section 13.1.5); empty if
// there is neither.
func (v version) resumes() string {
	if v.ETag != "" && !strings.HasPrefix(v.ETag, "W/") {
		return v.ETag
	}
	if v.ETag == "" {
		return v.Modified
	}
	return ""
}
