#!/usr/bin/env bash
# Tries the hooks on a PC of the lab, and prints what it measures. Needs root;
# everything happens in namespaces of its own, which end with it.
#   LESSONGUARD_KILLS=50    how often the service is killed under load
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
kills=${LESSONGUARD_KILLS:-50}
export LESSONGUARD_LAB_NAME=test-$$
lab=$here/lab.sh

why=$("$lab" check) || { echo "SKIPPED: the tests on a whole PC: $why"; exit 0; }
[ -n "${LESSONGUARD_BOUNDED:-}" ] || LESSONGUARD_BOUNDED=1 exec timeout --foreground --kill-after=20 $((600 + kills * 3)) "$0"

work=$(mktemp -d)
failed=0
finish() {
	"$lab" down
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

pc() { "$lab" sh "$@"; }
say() { printf '\n== %s\n' "$*"; }
# is WHAT WANT GOT
is() {
	if [ "$2" = "$3" ]; then
		echo "   ok  $1: $3"
	else
		echo " FAIL  $1: got $3, want $2"
		failed=$((failed + 1))
	fi
}
who() { pc dig +short +time=2 +tries=1 who.test TXT "$@" 2>&1 | tail -1 | tr -d '"'; }
asks() { pc runuser -u learner -- dig +short +time=2 +tries=1 "$@" 2>&1 | tail -1 | tr -d '"'; }
# within SECONDS COMMAND: it succeeds in time
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; done
}
answered() { [ "$(who "${@:2}")" = "$1" ]; }
connects() { pc timeout 3 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null && echo open || echo refused; }
table() { pc nft list tables | grep -c 'inet lessonguard' || true; }
probe() { pc systemctl show -P MainPID hookprobe; }
# restart yes|no: whether systemd restarts it
restart() {
	pc mkdir -p /etc/systemd/system/hookprobe.service.d
	pc bash -c "printf '[Service]\\nRestart=%s\\n' $([ "$1" = yes ] && echo always || echo no) >/etc/systemd/system/hookprobe.service.d/restart.conf"
	pc systemctl daemon-reload
}
start() { pc systemctl reset-failed hookprobe 2>/dev/null || true; pc systemctl start hookprobe; }

say "booting"
(cd "$here/../.." && CGO_ENABLED=0 go build -o "$work/hookprobe" ./tools/lab/hookprobe)
"$lab" up
pc tee /usr/local/bin/hookprobe <"$work/hookprobe" >/dev/null
pc tee /usr/local/bin/ask.sh <"$here/ask.sh" >/dev/null
pc tee /etc/systemd/system/hookprobe.service <"$here/hookprobe.service" >/dev/null
pc chmod +x /usr/local/bin/hookprobe /usr/local/bin/ask.sh
pc useradd -r -u 990 lessonguard
pc systemctl daemon-reload
pc cp -a /run/systemd/resolve/resolv.conf /root/resolv.conf.before
gateway=$(pc ip -6 route show default | awk '{print $3; exit}')
echo "$(pc systemctl --version | head -1), $(pc nft --version), $(uname -r)"

say "before"
is "stub" router "$(who)"
is "hard-coded resolver" router "$(who @198.51.100.53)"

say "the nft hook catches every question, and tells where it was going"
start
pc journalctl -u hookprobe -o cat --no-pager | grep 'hook nft'
is "stub" filter "$(who)"
for server in 192.168.77.1 198.51.100.53 fd77::1 2001:db8:53::53; do
	at=$server:53
	case $server in *:*) at="[$server]:53" ;; esac
	for tcp in +notcp +tcp; do
		is "$server $tcp" filter "$(asks "@$server" $tcp who.test TXT)"
		is "$server $tcp was going to" "$at" "$(asks "@$server" $tcp origin.test TXT)"
	done
done
is "blocked" 0.0.0.0 "$(pc getent ahosts blocked.test | awk '{print $1; exit}')"
is "open, passed on to the router" 203.0.113.80 "$(pc getent ahosts open.example.com | awk '{print $1; exit}')"
pc hookprobe origins

within 10 pc nft list chain inet lessonguard set-2 # settled

say "an IPv6 link-local resolver is refused at once, and programs ask the next"
is "asked alone" "no servers could be reached" "$(asks "@$gateway%eth0" who.test TXT | tr -d ';' | sed 's/^ *//')"
pc resolvectl dns eth0 "$gateway" 192.168.77.1
pc resolvectl flush-caches
read -r took answer < <(pc bash -c 'b=${EPOCHREALTIME/./}; a=$(getent ahosts ll.example.com | head -1); echo $(((${EPOCHREALTIME/./} - b) / 1000)) $a')
is "first of two, after $took ms" "203.0.113.80 STREAM ll.example.com" "$answer"
pc nmcli -w 8 con up home >/dev/null

say "the ways round"
is "DoT" refused "$(connects 203.0.113.80 853)"
is "DoT over IPv6" refused "$(connects 2001:db8:53::53 853)"
is "listed DoH" refused "$(connects 198.51.100.53 443)"
is "listed DoH over IPv6" refused "$(connects 2001:db8:53::53 443)"
is "any other site" open "$(connects 203.0.113.80 443)"
pc systemctl kill -s HUP --kill-who=main hookprobe
within 5 pc nft list chain inet lessonguard set-3
is "DoT, once bypass is open" open "$(connects 203.0.113.80 853)"
is "port 53 still" filter "$(who @198.51.100.53)"
pc systemctl kill -s HUP --kill-who=main hookprobe
within 5 pc nft list chain inet lessonguard set-4
is "DoT, once it is closed again" refused "$(connects 203.0.113.80 853)"

say "a resolver that speaks first, so that the question looks like an answer"
"$lab" router ip link add spare0 type veth peer name spare1
"$lab" router ip link set spare0 up
"$lab" router ip addr add 198.51.100.55/32 dev spare0
(
	within 5 pc grep -q ':B1CE ' /proc/net/udp # port 45518 is open
	"$lab" router bash -c "echo unasked | timeout 1 socat -u - UDP4:$(pc ip -4 -o addr show dev eth0 | grep -o '192[0-9.]*' | head -1):45518,bind=198.51.100.55:53"
) &
is "asked from the same socket" "refused" "$(pc bash -c '(sleep 3; echo question) | socat -t1 -T5 - UDP4:198.51.100.55:53,sourceport=45518 2>&1 | grep -o "not permitted" | sed "s/.*/refused/"')"
wait

say "others"
is "root deletes the table" 1 "$(pc nft delete table inet lessonguard 2>/dev/null; table)"
is "root flushes the rule set" 1 "$(pc nft flush ruleset; table)"
is "the learner kills the service" "Operation not permitted" "$(pc runuser -u learner -- bash -c "kill -9 $(probe)" 2>&1 | sed 's/.* - //')"
is "the learner kills nft" "Operation not permitted" "$(pc runuser -u learner -- bash -c "kill -9 $(pc pgrep -x nft)" 2>&1 | sed 's/.* - //')"
is "the learner stops it" refused "$(pc runuser -u learner -- systemctl --no-ask-password stop hookprobe 2>/dev/null || echo refused)"
for child in "pgrep -x nft" "pgrep -f hookprobe.hold|exe.hold"; do
	pc kill -9 "$(pc $child)"
	is "root kills what $child finds: taken back" yes "$(within 3 pc bash -c "journalctl -u hookprobe -o cat --no-pager -n 1 | grep 'taken back'" && echo yes)"
	is "then" filter "$(who @198.51.100.53)"
done

say "what a day brings"
for event in "nmcli -w 5 device reapply eth0" "nmcli -w 8 con up home" "systemctl restart systemd-resolved" "systemctl restart NetworkManager"; do
	pc $event >/dev/null
	is "$event" yes "$(within 10 answered filter && echo yes)"
done
"$lab" router ip link set lan0 down
sleep 1
"$lab" router ip link set lan0 up
settled() {
	pc bash -c 'resolvectl dns eth0 | grep -q "192.168.77.1.*fd77::1" && ip -6 addr show dev eth0 scope global | grep -q inet6 &&
		[ -z "$(ip -6 addr show dev eth0 tentative)" ]' && answered filter
}
is "the cable out and in" yes "$(within 20 settled && echo yes)"

# under_load N: kills the service N times at random moments, under 200 questions
# a second from new sockets and 200 from old ones.
under_load() {
	local time=$(($1 * 2 + 2)) pids=() name
	pc hookprobe load --for ${time}s >"$work/new sockets" & pids+=($!)
	pc hookprobe load --old --for ${time}s >"$work/old sockets" & pids+=($!)
	pc ask.sh $time dig >"$work/dig stub" & pids+=($!)
	pc ask.sh $time dig @198.51.100.53 >"$work/dig hard-coded" & pids+=($!)
	pc ask.sh $time getaddrinfo >"$work/getaddrinfo" & pids+=($!)
	pc bash -c 'for i in $(seq '"$1"'); do
		sleep $((RANDOM % 2)).$((RANDOM % 1000))
		p=$(systemctl show -P MainPID hookprobe); [ "$p" = 0 ] || kill -9 $p
		sleep 0.5
	done'
	wait "${pids[@]}"
	for name in "new sockets" "old sockets" "dig stub" "dig hard-coded" getaddrinfo; do
		is "$name: $(cat "$work/$name")" "failed 0" "$(grep -o 'failed [0-9]*' "$work/$name")"
	done
	local longest
	longest=$(grep -o 'longest [0-9]*' "$work/getaddrinfo" | cut -d' ' -f2)
	is "getaddrinfo returns within 3 s" yes "$([ "$longest" -le 3000 ] && echo yes || echo "$longest ms")"
	is "afterwards" yes "$(within 5 answered filter @198.51.100.53 && echo yes)"
}
say "killed $((kills - kills / 2)) times"
under_load $((kills - kills / 2))
say "killed $((kills / 2)) times beside another nat table"
pc nft -f - <<-END
	table inet other {
		chain out { type nat hook output priority -100; policy accept; tcp dport 9999 redirect to :9998; }
		chain post { type nat hook postrouting priority 100; policy accept; }
	}
END
under_load $((kills / 2))

say "killed for good"
restart no
pc systemctl kill -s KILL --kill-who=main hookprobe
is "stub" router "$(who)"
is "hard-coded" router "$(who @198.51.100.53)"
within 5 pc bash -c '! pgrep -x hookprobe'
is "tables of ours" 0 "$(table)"
is "processes of ours" 0 "$(pc pgrep -c 'hookprobe|^nft' || true)"
pc systemctl stop hookprobe

say "a service that hangs"
start
pc systemctl kill -s STOP --kill-who=main hookprobe
is "hangs" "no servers could be reached" "$(who @198.51.100.53 | sed 's/^;* *//')"
restart no
pc hookprobe restore
is "restored by an administrator's command" router "$(who @198.51.100.53)"
pc systemctl kill -s KILL hookprobe
pc systemctl stop hookprobe

restart yes

say "stopped in order"
start
pc systemctl stop hookprobe
is "stub" router "$(who)"
is "tables of ours" 0 "$(table)"
is "resolv.conf, byte for byte" same "$(pc cmp /root/resolv.conf.before /run/systemd/resolve/resolv.conf && echo same)"

# as_root HOOK starts the probe with one of the lesser hooks.
as_root() { pc systemd-run -q --unit=probe -p StateDirectory=lessonguard -p Type=notify hookprobe serve --user 990 --hook "$1" --state /var/lib/lessonguard; }
gone() { pc systemctl kill -s KILL probe; within 5 pc bash -c '! pgrep -x hookprobe'; pc systemctl reset-failed probe; }

say "the tun hook"
as_root tun
is "stub" filter "$(who)"
is "blocked" 0.0.0.0 "$(pc getent ahosts blocked.test | awk '{print $1; exit}')"
is "hard-coded is not caught" router "$(who @198.51.100.53)"
for event in "nmcli -w 8 con up home" "systemctl restart systemd-resolved"; do
	pc $event >/dev/null
	is "$event" yes "$(within 10 answered filter && echo yes)"
done
for event in "resolvectl revert lessonguard0" "ip link del lessonguard0"; do
	pc $event
	is "root: $event: taken back" yes "$(within 5 answered filter && echo yes)"
done
gone
is "killed" yes "$(within 3 answered router && echo yes)"

say "the resolv.conf hook, without systemd-resolved"
pc bash -c 'systemctl disable --now systemd-resolved 2>/dev/null; mv /usr/sbin/resolvconf /usr/sbin/resolvconf.off
	rm /etc/resolv.conf; systemctl restart NetworkManager; nmcli -w 8 con up home >/dev/null'
within 10 pc grep -q fd77::1 /etc/resolv.conf
pc cp -a /etc/resolv.conf /root/resolv.conf.before
as_root resolv.conf
is "named in resolv.conf" filter "$(who)"
pc nmcli -w 8 con up home >/dev/null
is "NetworkManager con up" filter "$(who)"
gone
read -r took answer < <(pc bash -c 'b=${EPOCHREALTIME/./}; a=$(getent ahosts killed.example.com | head -1); echo $(((${EPOCHREALTIME/./} - b) / 1000)) $a')
is "killed: getaddrinfo after $took ms" "203.0.113.80 STREAM killed.example.com" "$answer"
pc hookprobe restore --state /var/lib/lessonguard
is "restored, byte for byte" same "$(within 10 pc cmp -s /root/resolv.conf.before /etc/resolv.conf && echo same)"
is "NetworkManager's drop-ins" "" "$(pc ls /run/NetworkManager/conf.d)"
pc nmcli -w 8 con up home >/dev/null
is "NetworkManager writes it again" router "$(who)"

echo
[ $failed = 0 ] || { echo "$failed checks failed, after $SECONDS s"; exit 1; }
echo "every check passed, in $SECONDS s"
