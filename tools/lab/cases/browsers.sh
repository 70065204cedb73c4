#!/usr/bin/env bash
# Chromium and Firefox as a learner uses them, and with resolvers of their own.
export LESSONGUARD_LAB_BROWSERS=yes
. "$(dirname "$(readlink -f "$0")")/../house.sh"

boot
installed
within 20 answered filter
sleep 4 # until the hook has settled

# visits BROWSER HOST [ARG...] opens a page, and says whether the browser had it.
visits() {
	local browser=$1 host=$2
	shift 2
	visit=$RANDOM$RANDOM
	echo $visit >"$work/visit"
	"$browser" "http://$host/visit-$visit" "$@" </dev/null >"$work/browser" 2>&1 || true
	if grep -q "page $host/visit-$visit$" "$work/internet"; then echo shown; else echo "not shown"; fi
}
chromium() {
	learner env HOME=/home/learner timeout -k 2 60 chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--no-first-run --disable-background-networking --disable-component-update --user-data-dir=/tmp/chromium-$visit --timeout=15000 --dump-dom "$1"
}
# firefox URL PREFS opens a page with a fresh profile.
firefox() {
	printf '%s\n' 'user_pref("browser.shell.checkDefaultBrowser", false);' 'user_pref("datareporting.policy.dataSubmissionEnabled", false);' \
		'user_pref("browser.aboutwelcome.enabled", false);' "${2:-}" |
		learner bash -c "mkdir -p /tmp/firefox-$visit && cat >/tmp/firefox-$visit/user.js"
	learner env HOME=/home/learner MOZ_HEADLESS=1 timeout -k 2 "${3:-60}" firefox-esr --no-remote --profile "/tmp/firefox-$visit" --screenshot "/tmp/firefox-$visit.png" "$1"
}
chromium_policy() { pc bash -c "mkdir -p /etc/chromium/policies/managed; echo '$1' >/etc/chromium/policies/managed/lab.json"; }

# captures FILTER notes packets, and captured PATTERN says whether one was like it.
captures() {
	pc bash -c 'exec timeout 600 tcpdump -l -n -i any "$@" >/tmp/asked 2>/dev/null' _ "$@" &
	capture=$!
	within 10 pc pgrep -x tcpdump
}
captured() {
	pc pkill -x tcpdump || true
	wait "$capture" || true
	pc grep -q "$1" /tmp/asked && echo yes || echo no
}

say "Chromium, $(pc chromium --version 2>/dev/null | grep -o '[0-9.]*' | head -1)"
table "" "" ""
is "an open page" shown "$(visits chromium www.example.com)"
is "a closed page" "not shown" "$(visits chromium closed.example.org)"
row "of which it says" "$(grep -o '>ERR_[A-Z_]*<' "$work/browser" | head -1 | tr -d '<>' || true)" ""
for mode in automatic secure; do
	chromium_policy "{\"DnsOverHttpsMode\": \"$mode\", \"DnsOverHttpsTemplates\": \"https://1.1.1.1/dns-query\"}"
	captures host 1.1.1.1
	is "DNS over HTTPS of a listed provider, $mode: a closed page" "not shown" "$(visits chromium closed.example.org)"
	# Where plain DNS is no choice for it there are no pages at all.
	row "an open page" "$(visits chromium www.example.com)" ""
	row "it asked that provider, and was refused" "$(captured 'Flags \[R')" ""
done

say "Firefox, $(pc firefox-esr --version 2>/dev/null | grep -o '[0-9.]*' | head -1)"
table "" "" ""
is "an open page" shown "$(visits firefox www.example.com)"
is "a closed page" "not shown" "$(visits firefox closed.example.org)"

# As Firefox does by itself in some countries. It asks for the canary first.
rollout='user_pref("doh-rollout.enabled", true);
user_pref("doh-rollout.home-region", "US");
user_pref("doh-rollout.mode", 2);
user_pref("doh-rollout.uri", "https://203.0.113.53/dns-query");'
captures port 53
is "DNS over HTTPS by default: a closed page" "not shown" "$(visits firefox closed.example.org "$rollout")"
# Its heuristics run a while after the start: it stays open for that, on a PC that
# is busy for longer.
visit=$(<"$work/visit")
learner env HOME=/home/learner MOZ_HEADLESS=1 timeout -k 2 150 firefox-esr --no-remote --profile "/tmp/firefox-$visit" "http://www.example.com/stays" >/dev/null 2>&1 </dev/null &
within 140 pc grep -q 'A? use-application-dns.net' /tmp/asked || true
within 30 grep -q 'page www.example.com/stays' "$work/internet" || true
pc pkill -KILL -u learner || true
is "it asks for the canary" yes "$(captured 'A? use-application-dns.net')"
is "and goes on with plain DNS: an open page" yes "$(grep -q 'page www.example.com/stays' "$work/internet" && echo yes || echo no)"

for mode in 2 3; do
	trr="user_pref(\"network.trr.mode\", $mode); user_pref(\"network.trr.uri\", \"https://1.1.1.1/dns-query\");"
	is "DNS over HTTPS of a listed provider, mode $mode: a closed page" "not shown" "$(visits firefox closed.example.org "$trr")"
	is "an open page" "$([ $mode = 3 ] && echo "not shown" || echo shown)" "$(visits firefox www.example.com "$trr" 30)"
done
