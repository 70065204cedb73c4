#!/usr/bin/env bash
# The service as systemd runs it: what it may do, and what becomes of one that
# hangs.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

boot
installed
within 20 answered filter

say "The unit"
table "" "" ""
score=$(pc systemd-analyze security --no-pager lessonguard | grep 'Overall exposure' | grep -o '[0-9]\.[0-9]')
is "systemd-analyze verify finds" "" "$(pc systemd-analyze verify --man=no /etc/systemd/system/lessonguard.service 2>&1 | grep -F lessonguard.service: || true)"
is "systemd-analyze security, $score, is below 2.0" yes "$(pc systemd-analyze security --no-pager --threshold=19 lessonguard >/dev/null && echo yes || echo no)"
is "the account it runs as" lessonguard "$(pc ps -o user= -p "$(main_pid)" | tr -d ' ')"
is "what it may do (CapEff)" "0000000000001400" "$(pc awk '/^CapEff/ {print $2}' "/proc/$(main_pid)/status")"
is "what its holder may do" "0000000000001400" "$(pc bash -c 'awk "/^CapEff/ {print \$2}" /proc/$(ps -o pid= --ppid $(systemctl show -P MainPID lessonguard) | head -1 | tr -d " ")/status')"
is "the hook" nft "$(hook)"
row "memory in use" "$(pc bash -c 'awk "/^VmRSS/ {print int(\$2/1024) \" MiB\"}" /proc/$(systemctl show -P MainPID lessonguard)/status')" ""

# A hung service holds the table: names wait for the watchdog.
hangs=$(full 5 1)
say "It hangs (SIGSTOP), $hangs times"
table "" "names resolve again after" "how long programs waited at most" ""
for i in $(seq "$hangs"); do
	before=$(main_pid)
	pc ask.sh 9 getaddrinfo >"$work/asked" &
	asking=$!
	pc kill -STOP "$before"
	began=${EPOCHREALTIME/./}
	while [ "$(pc dig +short +time=1 +tries=1 "$(fresh)" A @198.51.100.53 | tail -1)" != 0.0.0.0 ] && ((${EPOCHREALTIME/./} - began < 20000000)); do :; done
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
	wait $asking
	[[ $(tail -1 "$work/asked") =~ failed\ ([0-9]+),\ longest\ ([0-9]+) ]]
	# WatchdogSec, TimeoutAbortSec and the time to start. dig waits a second at a
	# time, and is let in by way of this shell: on a busy machine that shows.
	verdict=ok
	[ "${BASH_REMATCH[2]}" -le 7000 ] && [ "${BASH_REMATCH[1]}" = 0 ] && [ "$(main_pid)" != "$before" ] || { verdict="**FAIL: want another process, no failure, and nobody to wait for 7 s**"; failed=$((failed + 1)); }
	row "$i" "$took ms" "${BASH_REMATCH[2]} ms, ${BASH_REMATCH[1]} failed" "$verdict"
	sleep 2
done

say "It is stopped in order"
pc systemctl stop lessonguard
table "" "" ""
is "who answers" router "$(who)"
is "who answers by a resolver of one's own" router "$(who @198.51.100.53)"
is "the hook" none "$(hook)"
is "processes of it" 0 "$(pc bash -c 'ps -e -o comm= | grep -cE "^(lessonguardd|exe|nft)$"' || true)"
pc systemctl start lessonguard
is "started again, who answers" filter "$(within 10 answered filter; who)"
pc bash -c 'lessonguardd uninstall </dev/null' >/dev/null 2>&1
is "uninstalled, who answers" router "$(who)"
is "the hook" none "$(hook)"
is "the unit" gone "$(pc test -e /etc/systemd/system/lessonguard.service && echo there || echo gone)"
