#!/usr/bin/env bash
# The service without a package: lessonguardd install and uninstall, by a program
# that somebody has built.
. "$(dirname "$(readlink -f "$0")")/../house.sh"
. "$here/snapshot.sh"

boot
resolving >"$work/resolving.before"
rest >"$work/rest.before"
checked() { learner lessonguardd checkup --config /tmp/checkups; }

say "Installed without a package"
table "" "" ""
must "it installs" pc lessonguardd install
is "the service" active "$(pc systemctl is-active lessonguard)"
is "it starts with the PC" enabled "$(pc systemctl is-enabled lessonguard)"
is "the program that runs" /usr/local/sbin/lessonguardd "$(pc readlink "/proc/$(main_pid)/exe")"
is "who may change it" "755 root" "$(pc stat -c '%a %U' /usr/local/sbin/lessonguardd)"
is "who answers" filter "$(whose "$(pc dig +short +time=2 +tries=2 bet365.com A | tail -1)")"
sleep 4 # until the hook has settled
must "a checkup of the learner's account finds nothing to put right" checked
must "the PIN is set" pc bash -c "printf '%s\n%s\n' $guardian_pin $guardian_pin | lessonguardd pin set"
was=$(main_pid)
must "it installs again" pc lessonguardd install
is "the service is a new one" yes "$([ "$was" != "$(main_pid)" ] && echo yes)"
must "the PIN is as it was" bash -c "'$lab' sh lessonguardd status --json | grep -q '\"pinSet\": *true'"

say "Taken off again"
table "" "" ""
is "a learner takes it off" refused "$(learner lessonguardd uninstall --keep >/dev/null 2>&1 || echo refused)"
must "it is taken off" pc bash -c 'lessonguardd uninstall </dev/null' # nobody is asked, and the state stays
is "who answers" router "$(whose "$(pc dig +short +time=2 +tries=2 bet365.com A | tail -1)")"
is "its processes" none "$(pc pgrep lessonguardd || echo none)"
is "the state" "700 lessonguard" "$(pc stat -c '%a %U' /var/lib/lessonguard)"
must "installed again" pc lessonguardd install
must "the PIN is as it was" bash -c "'$lab' sh lessonguardd status --json | grep -q '\"pinSet\": *true'"
must "taken off with all it kept" pc lessonguardd uninstall --erase
resolving >"$work/resolving.after"
rest >"$work/rest.after"
is "how the PC resolves, byte for byte" same "$(diff "$work/resolving.before" "$work/resolving.after" >&2 && echo same)"
is "every other file" same "$(diff "$work/rest.before" "$work/rest.after" >&2 && echo same)"
must "taken off where it is not" pc lessonguardd uninstall --erase
