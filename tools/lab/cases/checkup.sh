#!/usr/bin/env bash
# What a checkup says on a PC that is filtered, as the learner who sits there would
# run it: by systemd-resolved and glibc, through the hook, and with ways round it.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

boot

# found WHO prints what a checkup finds when they run it, a saying a line.
found() {
	{ "$@" lessonguardd checkup --json --config /tmp/checkups 2>/dev/null || true; } | grep -o '"say": "[^"]*' | cut -d'"' -f4
}
# says WHAT SAYING... has each among what the last checkup said.
says() {
	local what=$1 saying
	shift
	for saying in "$@"; do
		is "$what" "$saying" "$(grep -x "$saying" "$work/said" || echo "$(grep "^${saying%%_*}_" "$work/said" | tr '\n' ' ')")"
	done
}

say "What a checkup finds"
table "the PC" found "as it must be"
found pc >"$work/said"
says "nothing is installed" service_off asked_unknown boot_no bypass_tls bypass_https

installed
within 20 answered filter
sleep 4 # until the hook has settled
found learner >"$work/said"
says "filtered, the learner's account" service_on asked_yes categories_closed safe_on canaries_told bypass_closed help_open boot_yes clock_right restricted_none
learner bash -c 'mkdir -p ~/.mozilla/firefox/a.default && echo "user_pref(\"network.trr.mode\", 3);" >~/.mozilla/firefox/a.default/prefs.js'
found learner >"$work/said"
says "Firefox set to DNS over HTTPS" browsers_own
pc bash -c 'systemctl stop systemd-resolved; systemctl restart NetworkManager; rm -f /etc/resolv.conf; echo nameserver 198.51.100.53 >/etc/resolv.conf'
within 20 answered filter
found learner >"$work/said"
says "another resolver in /etc/resolv.conf, and no systemd-resolved" asked_yes categories_closed
pc systemctl stop lessonguard
found learner >"$work/said"
says "the service is stopped" service_off asked_unknown bypass_tls bypass_https
