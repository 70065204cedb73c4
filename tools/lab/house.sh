# Sourced by cases/*.sh: a house with a PC on which Lessonguard is installed, and
# words to try it with. Each case boots its own, and ends it. What a case prints
# is Markdown: docs/lab.md is made of it.
set -euo pipefail

cases=$(dirname "$(readlink -f "${BASH_SOURCE[1]}")")
here=$(dirname "$cases")
export LESSONGUARD_LAB_NAME=${LESSONGUARD_LAB_NAME:-test}-$(basename "${BASH_SOURCE[1]}" .sh)
lab=$here/lab.sh
# What test.sh has built: lessonguardd, load, internet.
programs=${LESSONGUARD_LAB_PROGRAMS:?run the cases by tools/lab/test.sh}
short=${LESSONGUARD_LAB_SHORT:-}
work=$(mktemp -d)
failed=0
guardian_pin=482915

finish() {
	local rc=$?
	[ $rc = 0 ] || evidence
	"$lab" down
	rm -rf "$work"
	if [ $rc = 0 ] && [ $failed != 0 ]; then
		echo
		echo "$failed checks failed."
		exit 1
	fi
	exit $rc
}
trap finish EXIT
trap 'exit 1' INT TERM

# evidence is for whoever mends what failed.
evidence() {
	echo "== what the service said last" >&2
	pc journalctl -u lessonguard --no-pager -o short-precise -n 40 >&2 || true
}

pc() { "$lab" sh "$@"; }
router() { "$lab" router "$@"; }
learner() { pc runuser -u learner -- "$@"; }

# full FULL SHORT prints how often something is done.
full() { if [ -n "$short" ]; then echo "$2"; else echo "$1"; fi; }

# within SECONDS COMMAND: it succeeds in time.
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# --- tables

say() { printf '\n### %s\n\n' "$*"; }
row() { printf '| %s ' "$@"; echo '|'; }
table() {
	row "$@"
	printf '| --- %.0s' "$@"
	echo '|'
}
# is WHAT WANT GOT is a row of a table of three columns.
is() {
	if [ "$2" = "$3" ]; then
		row "$1" "${3:-nothing}" ok
	else
		row "$1" "${3:-nothing}" "**FAIL: want ${2:-nothing}**"
		failed=$((failed + 1))
	fi
}
# must WHAT COMMAND is one whose command succeeds.
must() {
	local what=$1
	shift
	is "$what" yes "$("$@" >/dev/null 2>&1 && echo yes || echo no)"
}

# --- who answers

# who [@SERVER] says who answers for a closed name: filter, router, vpn, nobody.
who() { whose "$(pc dig +short +time=2 +tries=1 "$(fresh)" A "$@" 2>&1 | tail -1)"; }
learner_who() { whose "$(learner dig +short +time=2 +tries=1 "$@" "$(fresh)" A 2>&1 | tail -1)"; }
fresh() { echo "w$RANDOM$RANDOM.closed.example.org"; }
whose() {
	case $1 in
	0.0.0.0) echo filter ;;
	203.0.113.80) echo router ;;
	203.0.113.99) echo vpn ;;
	192.168.77.1) echo portal ;;
	*refused* | *"no servers"* | *"timed out"* | "") echo nobody ;;
	*) echo "$1" ;;
	esac
}
answered() { [ "$(who "${@:2}")" = "$1" ]; }
# address NAME prints its first address, as a program finds it.
address() { pc getent ahostsv4 "$1" | awk '{print $1; exit}'; }
connects() { pc timeout 3 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null && echo open || echo refused; }

# --- the router

# resolver home|portal: what the router's resolver answers; see router.sh.
resolver() {
	case $1 in
	home) router bash -c 'echo address=/#/203.0.113.80 >/etc/dnsmasq-more.conf' ;;
	# A hotel's: everything is the sign-in page, for five minutes.
	portal) router bash -c 'printf "address=/#/192.168.77.1\nlocal-ttl=300\n" >/etc/dnsmasq-more.conf' ;;
	esac
	anew
}
# anew has the router's resolver read its configuration. The file goes first: it
# is the next one's that is waited for.
anew() {
	router bash -c 'pid=$(cat /run/dnsmasq.pid); rm -f /run/dnsmasq.pid; kill $pid'
	within 10 router test -s /run/dnsmasq.pid
}
# silent and speaking: the router's resolver hangs, and goes on.
silent() { router bash -c 'kill -STOP $(cat /run/dnsmasq.pid)'; }
speaking() { router bash -c 'kill -CONT $(cat /run/dnsmasq.pid)'; }

# --- the service

# boot starts the lab and brings the programs.
boot() {
	"$lab" up
	local program
	for program in load ask.sh lessonguardd; do
		local from=$programs/$program
		[ "$program" != ask.sh ] || from=$here/ask.sh
		pc bash -c "cat >/usr/local/bin/$program && chmod 755 /usr/local/bin/$program" <"$from"
	done
	router bash -c 'cat >/usr/local/bin/internet && chmod 755 /usr/local/bin/internet' <"$programs/internet"
	router setsid internet >"$work/internet" 2>&1 </dev/null &
	within 10 router bash -c 'exec 3<>/dev/tcp/127.0.0.1/853'
}

# installed does what a guardian does, and closes closed.example.org. Words given
# are members of the policy: '"hook": "lessons"'.
installed() {
	pc install -d -m 700 /var/lib/lessonguard
	pc bash -c 'cat >/var/lib/lessonguard/policy.json' <<-END
		{${1:+$1,} "rules": [{"name": "closed.example.org", "allow": false, "scope": "always"}]}
	END
	pc lessonguardd install >/dev/null
	printf '%s\n%s\n' "$guardian_pin" "$guardian_pin" | pc lessonguardd pin set >/dev/null
}
main_pid() { pc systemctl show -P MainPID lessonguard; }
# hook prints which hook is set, as the kernel and the files have it.
hook() {
	pc bash -c '
		if nft list tables 2>/dev/null | grep -q "inet lessonguard"; then echo nft
		elif ip link show lessonguard0 >/dev/null 2>&1; then echo tun
		elif grep -q "Made by Lessonguard" /etc/resolv.conf; then echo resolv.conf
		else echo none; fi'
}
# restarts yes|no: whether systemd starts the service again.
restarts() {
	if [ "$1" = yes ]; then
		pc rm -f /run/systemd/system/lessonguard.service.d/lab.conf
	else
		pc bash -c 'mkdir -p /run/systemd/system/lessonguard.service.d; printf "[Service]\nRestart=no\nExecStopPost=\n" >/run/systemd/system/lessonguard.service.d/lab.conf'
	fi
	pc systemctl daemon-reload
}
start() {
	pc systemctl reset-failed lessonguard 2>/dev/null || true
	pc systemctl start lessonguard
	within 10 answered filter || { echo "the service does not answer" >&2; exit 1; }
}
status() { pc lessonguardd status --json; }
# noticed KIND says whether guardians are told of it; see filter/notice.go.
noticed() { pc curl -s -m 5 --unix-socket /run/lessonguard/control.sock http://lessonguard/v1/notices | grep -q "\"kind\": *\"$1\"" && echo yes || echo no; }

# without HOOK takes away what the better hooks need, so that the service takes
# the next: without nft, without resolved.
without_nft() { pc bash -c 'mv /usr/sbin/nft /usr/sbin/nft.off'; }
without_resolved() {
	pc bash -c 'systemctl disable -q --now systemd-resolved; mv /usr/sbin/resolvconf /usr/sbin/resolvconf.off
		rm -f /etc/resolv.conf; systemctl restart NetworkManager; nmcli -w 8 con up home >/dev/null'
	within 20 pc grep -q fd77::1 /etc/resolv.conf
}
# equipped HOOK makes the PC one on which that is the best hook.
equipped() {
	case $1 in
	nft) ;;
	tun)
		without_nft
		# As the packages do.
		pc bash -c 'cat >/etc/polkit-1/rules.d/uk.lessonguard.rules' <"$here/../../packaging/linux/uk.lessonguard.rules"
		;;
	resolv.conf)
		without_nft && without_resolved
		# The unit's account may not write /etc: this hook is for a service that
		# an administrator lets run as root.
		pc bash -c 'mkdir -p /etc/systemd/system/lessonguard.service.d
			printf "[Service]\nUser=root\nProtectSystem=no\nSystemCallFilter=capset\n" >/etc/systemd/system/lessonguard.service.d/root.conf'
		;;
	esac
}
