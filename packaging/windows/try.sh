#!/usr/bin/env bash
# Tries the Windows installer under Wine: installs it, uses both programs, puts a PC back, installs again while the window is
# open, and removes it. It shows what is written and removed; it cannot show the filter at work, since Wine has neither the
# service's own account nor the firewall, nor UDP as Go uses it (docs/windows-macos.md).
#   packaging/windows/try.sh [INSTALLER]
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
. tools/checks.sh

wine=$(type -P wine64 || { [ -x /usr/lib/wine/wine64 ] && echo /usr/lib/wine/wine64; }) || true
[ -n "$wine" ] || { echo "SKIPPED: the Windows installer: there is no wine64 (package wine64)"; exit 0; }
server=$(type -P wineserver || echo /usr/lib/wine/wineserver)
for command in Xvfb xdotool; do type -P $command >/dev/null || { echo "SKIPPED: the Windows installer: there is no $command"; exit 0; }; done
installer=${1:-$(ls -t dist/lessonguard-*-setup.exe 2>/dev/null | head -1)}
[ -f "$installer" ] || { echo "there is no installer in dist/: make package-windows builds it" >&2; exit 1; }
[ -n "${LESSONGUARD_BOUNDED:-}" ] || LESSONGUARD_BOUNDED=1 exec timeout --foreground --kill-after=20 600 "$0" "$installer"

work=$(mktemp -d)
GOOS=windows CGO_ENABLED=0 go test -c -o "$work/control.exe" ./filter/control
# A home of its own: Wine writes menus into that of whoever runs it.
export HOME=$work/home WINEPREFIX=$work/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml=;winemenubuilder.exe="
mkdir -p "$HOME"
drive=$WINEPREFIX/drive_c
finish() {
	"$server" -k || true
	[ -z "${screen:-}" ] || kill "$screen"
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

windows() { timeout 120 "$wine" "$@" </dev/null 2>&1 | tr -d '\r'; }
status() { local rc=0; timeout 120 "$wine" "$@" </dev/null >/dev/null 2>&1 || rc=$?; echo "$rc"; }
daemon() { windows 'C:\Program Files\Lessonguard\lessonguardd.exe' "$@"; }
# value KEY NAME is what the registry says.
value() { windows reg query "$1" /v "$2" | awk -v name="$2" '$1 == name {sub(/^ *[^ ]+ +REG_[A-Z_]+ */, ""); print}'; }
# files is everything on the PC's disk but what Windows' own programs write by themselves.
files() { (cd "$drive" && find . -not -path './windows/*' -not -path './users/*' | sort); }
window() { xdotool search --onlyvisible --name '^Lessonguard$'; }

say "a PC"
Xvfb -displayfd 3 -screen 0 1100x800x24 -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
screen=$!
within 20 test -s "$work/display"
DISPLAY=:$(cat "$work/display")
export DISPLAY
windows wineboot -i >/dev/null
system=$drive/windows/system32
if [ ! -e "$system/bcryptprimitives.dll" ]; then
	x86_64-w64-mingw32-gcc -shared -O1 -o "$system/bcryptprimitives.dll" "$here/bcryptprimitives.c" -ladvapi32
fi
files >"$work/before"
echo "$(basename "$installer"), $(windows --version)"

say "installed, without a question"
# 3: under Wine the service cannot be configured, and that is said.
code=$(status "$installer" /S)
is "the installer ends with 0, or 3 where only the service does not run" yes "$([[ $code = [03] ]] && echo yes || echo "$code")"
is "the programs" "LICENSE lessonguard.exe lessonguardd.exe licences.txt uninstall.exe" "$(ls "$drive/Program Files/Lessonguard" | paste -sd' ')"
is "the menu entry" yes "$([ -e "$drive/ProgramData/Microsoft/Windows/Start Menu/Programs/Lessonguard.lnk" ] && echo yes)"
is "it starts with every session" '"C:\Program Files\Lessonguard\lessonguard.exe" --tray' "$(value 'HKLM\Software\Microsoft\Windows\CurrentVersion\Run' uk.lessonguard.app)"
is "its links" '"C:\Program Files\Lessonguard\lessonguard.exe" "%1"' "$(windows reg query 'HKLM\Software\Classes\lessonguard\shell\open\command' /ve | sed -n 's/.*REG_SZ *//p')"
uninstall='HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\Lessonguard'
version=$(basename "$installer" -setup.exe)
is "the version, to Windows" "${version#lessonguard-}" "$(value "$uninstall" DisplayVersion)"
is "the version, by lessonguardd" "${version#lessonguard-}" "$(daemon --version)"

say "lessonguardd"
is "--help" "Lessonguard's filter service." "$(daemon --help | head -1)"
printf '0.0.0.0 gambling.example\n0.0.0.0 bets.example\nnot a name\n' >"$work/list"
is "lists check: names that can be used" 2 "$(daemon lists check "Z:${work//\//\\}\\list" | awk '$1 == "entries" {print $2}')"
is "checkup" Checkup "$(daemon checkup | head -1)"
is "status, where no service runs" yes "$({ daemon status || true; } | grep -q 'the filter service is not running' && echo yes)"
is "the service's pipe: asked, unlocked, left alone where another made it" PASS "$(windows "Z:${work//\//\\}\\control.exe" -test.timeout 60s | tail -1)"

say "restore, after a service that was killed"
interfaces='HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces'
names='HKLM\SYSTEM\CurrentControlSet\Services\Dnscache\Parameters\DnsPolicyConfig'
ours=$(sed -n 's/^const winNRPTOurs = `\(.*\)`$/\1/p' filter/system/winnrpt.go)
dhcp={11111111-2222-3333-4444-555555555555} own={22222222-2222-3333-4444-555555555555} other={33333333-2222-3333-4444-555555555555}
journal=$drive/ProgramData/Lessonguard/adapters.journal
# killed leaves a PC as a service does that was killed: three adapters, one by DHCP, one set by a person, one not pointed at us.
killed() {
	windows reg add "$interfaces\\$dhcp" /v NameServer /d 127.0.0.1,192.0.2.1 /f >/dev/null
	windows reg add "$interfaces\\$dhcp" /v DhcpNameServer /d 192.0.2.1 /f >/dev/null
	windows reg add "$interfaces\\$own" /v NameServer /d 127.0.0.1,192.0.2.9,192.0.2.10 /f >/dev/null
	windows reg add "$interfaces\\$other" /v NameServer /d 192.0.2.8 /f >/dev/null
	windows reg add "$names\\$ours" /v Name /t REG_MULTI_SZ /d . /f >/dev/null
	windows reg add "$names\\$ours" /v GenericDNSServers /d '127.0.0.1;192.0.2.1' /f >/dev/null
	windows reg add "$names\\{VPN}" /v GenericDNSServers /d 198.51.100.1 /f >/dev/null
}
# back HOW checks that it is as before.
back() {
	local said
	said=$(daemon restore)
	is "$1: DHCP's resolvers are DHCP's" "" "$(value "$interfaces\\$dhcp" NameServer)"
	is "$1: a person's" 192.0.2.9,192.0.2.10 "$(value "$interfaces\\$own" NameServer)"
	is "$1: one that was not changed" 192.0.2.8 "$(value "$interfaces\\$other" NameServer)"
	is "$1: the rule for names" gone "$(windows reg query "$names\\$ours" >/dev/null && echo there || echo gone)"
	is "$1: another's rule" 198.51.100.1 "$(value "$names\\{VPN}" GenericDNSServers)"
	is "$1: adapters that it says" 2 "$(grep -c 'asks again whom it asked' <<<"$said")"
	is "$1: once more" "nothing was left to put back: this PC resolves names as it does without Lessonguard" "$(daemon restore)"
}
killed
mkdir -p "$(dirname "$journal")"
echo "{\"version\":1,\"adapters\":{\"$dhcp\":\"\",\"$own\":\"192.0.2.9,192.0.2.10\"}}" >"$journal"
back "by the journal"
is "the journal" gone "$([ -e "$journal" ] && echo there || echo gone)"
killed
echo '{"version":1,"adap' >"$journal"
back "by a torn journal"
is "the torn journal is set aside" 1 "$(ls "$journal".damaged-* | wc -l)"
killed
back "without a journal"

say "the window, and an upgrade while it is open"
timeout 300 "$wine" 'C:\Program Files\Lessonguard\lessonguard.exe' >"$work/window" 2>&1 </dev/null &
open=$!
is "a window" yes "$(within 60 window && echo yes)"
is "installed again: the installer ends as before" "$code" "$(status "$installer" /S)"
is "the window" "still open" "$(window >/dev/null && kill -0 $open && echo "still open")"
is "the programs, and the one that runs" 6 "$(ls "$drive/Program Files/Lessonguard" | wc -l)"

say "removed"
: >"$drive/ProgramData/Lessonguard/kept"
status 'C:\Program Files\Lessonguard\uninstall.exe' /S >/dev/null # which goes on from a copy of its own
is "the programs" gone "$(within 60 test ! -e "$drive/Program Files/Lessonguard" && echo gone || ls "$drive/Program Files/Lessonguard")"
is "the window" closed "$(within 10 test ! -e "/proc/$open" && echo closed)"
"$server" -w
files >"$work/after"
# Wine does not keep who owns a folder, so that each installation sets the one before aside: it might be somebody's trap.
is "what is left on the disk is the family's" "./ProgramData/Lessonguard" "$(comm -13 "$work/before" "$work/after" | cut -d/ -f1-3 | sed 's/\.damaged-.*//' | sort -u | paste -sd' ')"
is "what is gone besides" "" "$(comm -23 "$work/before" "$work/after" | paste -sd' ')"
is "what is left in the registry" "" "$(grep -i lessonguard "$WINEPREFIX"/*.reg | grep -v PendingFileRenameOperations | head -3)"

echo
[ $failed = 0 ] || { echo "$failed checks failed, after $SECONDS s"; exit 1; }
echo "every check passed, in $SECONDS s"
