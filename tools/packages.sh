#!/usr/bin/env bash
# Installs the system packages that building, running or testing needs and that
# are missing: with apt as root or by sudo, else it names them and fails.
#   tools/packages.sh build|run|test|windows|wine
set -euo pipefail

build="gcc pkg-config libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev"
run="$build xvfb libgl1-mesa-dri openbox x11-utils x11-xserver-utils imagemagick xdotool dbus dbus-x11 bind9-dnsutils gnome-keyring libglib2.0-bin"
test=$run
windows="$build nsis gcc-mingw-w64-x86-64"
wine="$windows wine64 xvfb xdotool"

case "${1:-}" in
build) wanted=$build ;;
run) wanted=$run ;;
test) wanted=$test ;;
windows) wanted=$windows ;;
wine) wanted=$wine ;;
*) echo "usage: tools/packages.sh build|run|test|windows|wine" >&2; exit 2 ;;
esac

[ "$(uname -s)" = Linux ] || exit 0 # elsewhere the compiler's own tools are enough

# Asking dpkg takes a tenth of a second; a stamp takes none.
if command -v dpkg-query >/dev/null; then
	missing=$(for p in $wanted; do
		dpkg-query -W -f='${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || echo "$p"
	done | tr '\n' ' ')
else
	missing=
	for c in gcc pkg-config; do command -v $c >/dev/null || missing="$missing$c "; done
	[ -z "$missing" ] || { echo "install these with your package manager, then try again: $missing(and the headers of OpenGL, X11, Wayland and xkbcommon)" >&2; exit 1; }
	exit 0
fi
[ -n "$missing" ] || exit 0

as=
if [ "$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null && sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then
		as=sudo
	else
		echo "these packages are missing: $missing" >&2
		echo "install them as root with: apt-get install $missing" >&2
		exit 1
	fi
fi
echo "installing $missing" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { $as apt-get update -q && $as apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -20 "$log" >&2
	echo "installing failed: install these by hand, then try again: $missing" >&2
	exit 1
fi
rm -f "$log"
