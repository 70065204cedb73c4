#!/bin/bash
# Runs a command in a private D-Bus session with an unlocked GNOME keyring that is thrown away afterwards; no screen needed.
#   tools/desktop/keyring.sh go test ./agreements/keys
# Needs dbus-run-session, gnome-keyring-daemon and gdbus (Debian: dbus gnome-keyring libglib2.0-bin).
set -euo pipefail

for program in dbus-run-session gnome-keyring-daemon gdbus; do
  command -v "$program" >/dev/null || { echo "keyring.sh: $program is missing: install dbus, gnome-keyring and libglib2.0-bin" >&2; exit 1; }
done
[ $# -gt 0 ] || { echo "usage: keyring.sh COMMAND [ARGUMENT...]" >&2; exit 2; }

# Go's caches lie below HOME, which the session does not share.
if command -v go >/dev/null; then
  GOCACHE=$(go env GOCACHE) GOMODCACHE=$(go env GOMODCACHE) GOFLAGS=$(go env GOFLAGS)
  export GOCACHE GOMODCACHE GOFLAGS
fi
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir -m 700 -p "$room/run" "$room/home/.cache" "$room/home/.local/share/keyrings"

# In the foreground, so that its process id is known: left alone, it outlives its session.
# shellcheck disable=SC2016 # expanded by the inner shell
HOME="$room/home" XDG_RUNTIME_DIR="$room/run" XDG_DATA_HOME="$room/home/.local/share" LESSONGUARD_KEYRING=1 \
  dbus-run-session -- bash -c '
    gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 <<< testpass &
    daemon=$!
    gdbus wait --session --timeout 20 org.freedesktop.secrets && "$@"
    result=$?
    kill "$daemon" && wait "$daemon"
    exit $result' _ "$@"
