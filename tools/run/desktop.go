package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// guardiansPlaces are the places of a guardian's rail that are looked at, by
// where they stand in it. What is not among them is the same for every family.
var guardiansPlaces = []struct {
	name string
	tabs int
}{{"levels", 2}, {"lists", 3}, {"checkup", 4}, {"activity", 5}, {"concern", 6}, {"help", 7}, {"display", 9}, {"home", 1}}

// guardiansScreens adds every point of what the guardian's window shows in its
// places. The window is at home before and after, with nothing focused.
func (w *walker) guardiansScreens(ctx context.Context, e evidence) error {
	if err := w.xdotool(ctx, "windowactivate", "--sync", w.guardian); err != nil {
		return err
	}
	w.looks++
	for _, p := range guardiansPlaces {
		if err := w.keys(ctx, fmt.Sprintf("Tab*%d", p.tabs), "space"); err != nil {
			return err
		}
		if err := w.drawn(ctx); err != nil {
			return err
		}
		path := filepath.Join(w.dir, "looked", fmt.Sprintf("%d-%s.png", w.looks, p.name))
		if err := w.save(ctx, w.guardian, path); err != nil {
			return err
		}
		points, err := pointsOf(path)
		if err != nil {
			return err
		}
		e["guardian's screen: "+p.name] = digest(points)
	}
	return nil
}

// pointsOf returns the colours of a picture's points.
func pointsOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("reading picture %s: %w", path, err)
	}
	plain := image.NewRGBA(picture.Bounds())
	draw.Draw(plain, plain.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return plain.Pix, nil
}

// titles returns the titles of all windows, each once.
func (w *walker) titles(ctx context.Context) (string, error) {
	ids, err := w.onDisplay(exec.CommandContext(ctx, "xdotool", "search", "--onlyvisible", "--name", "")).Output()
	if err != nil {
		return "", fmt.Errorf("listing the windows: %w", err)
	}
	var titles []string
	for _, id := range strings.Fields(string(ids)) {
		title, _ := w.onDisplay(exec.CommandContext(ctx, "xdotool", "getwindowname", id)).Output() // it may have closed
		titles = append(titles, strings.TrimSpace(string(title)))
	}
	slices.Sort(titles)
	return strings.Join(slices.Compact(titles), " | "), nil
}

// desktop adds the titles of all windows, the notifications there were, and the
// keyring's items with the times of their last changes.
func (w *walker) desktop(ctx context.Context, e evidence) error {
	var err error
	if e["desktop: titles of the windows"], err = w.titles(ctx); err != nil {
		return err
	}
	bus := filepath.Join(w.dir, "logs", "bus.log")
	heard, err := os.ReadFile(bus)
	if err != nil {
		return err
	}
	e["desktop: notifications"] = fmt.Sprint(bytes.Count(heard, []byte("member=Notify")))
	address, err := os.ReadFile(bus + ".address")
	if err != nil {
		return err
	}
	call := func(object, method string, args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "gdbus", append([]string{"call", "--session", "--dest", "org.freedesktop.secrets", "--object-path", object, "--method", method}, args...)...)
		cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+strings.TrimSpace(string(address)))
		out, err := cmd.CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("asking the keyring: %w: %s", err, out)
		}
		return string(out), nil
	}
	found, err := call("/org/freedesktop/secrets", "org.freedesktop.Secret.Service.SearchItems", "{}")
	if err != nil {
		return err
	}
	for _, item := range keyringItem.FindAllString(found, -1) {
		if e["keyring: "+item], err = call(item, "org.freedesktop.DBus.Properties.GetAll", "org.freedesktop.Secret.Item"); err != nil {
			return err
		}
	}
	return nil
}

var keyringItem = regexp.MustCompile(`/org/freedesktop/secrets/collection/[^']+`)
