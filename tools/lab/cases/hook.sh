#!/usr/bin/env bash
# What the nft hook catches, and what an administrator can do to it.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

boot
installed
within 20 answered filter
gateway=$(pc ip -6 route show default | awk '{print $3; exit}')
sleep 4 # until the hook has settled

say "Every question is caught"
table "" "" ""
is "the PC's resolver" filter "$(who)"
for server in 192.168.77.1 198.51.100.53 fd77::1 2001:db8:53::53; do
	for tcp in +notcp +tcp; do
		is "$server $tcp: a closed name" filter "$(learner_who "@$server" $tcp)"
		is "$server $tcp: an open one, passed on" router "$(whose "$(learner dig +short +time=2 +tries=1 "@$server" $tcp "n$RANDOM.example.com" A | tail -1)")"
	done
done
is "a name of this home" 192.168.77.50 "$(address printer.home.lan)"
is "a single label, by the search list" 192.168.77.50 "$(address printer)"

say "An IPv6 link-local resolver is refused at once, and programs ask the next"
table "" "" ""
is "asked alone" nobody "$(learner_who "@$gateway%eth0")"
pc resolvectl dns eth0 "$gateway" 192.168.77.1
pc resolvectl flush-caches
read -r took answer < <(pc bash -c 'b=${EPOCHREALTIME/./}; a=$(getent ahostsv4 ll.example.com | head -1); echo $(((${EPOCHREALTIME/./} - b) / 1000)) $a')
is "first of two, after $took ms" "203.0.113.80 STREAM ll.example.com" "$answer"
pc nmcli -w 8 con up home >/dev/null

say "A resolver that speaks first, so that the question looks like an answer"
router ip link add spare0 type veth peer name spare1
router ip link set spare0 up
router ip addr add 198.51.100.55/32 dev spare0
(
	within 15 pc grep -q ':B1CE ' /proc/net/udp # port 45518 is open
	router bash -c "echo unasked | timeout 1 socat -u - UDP4:$(pc ip -4 -o addr show dev eth0 | grep -o '192[0-9.]*' | head -1):45518,bind=198.51.100.55:53"
) &
speaking=$!
table "" "" ""
# The question is asked once that has come.
is "asked from the same socket" refused "$(pc bash -c 'mkfifo /tmp/question
	socat -T20 - UDP4:198.51.100.55:53,sourceport=45518 </tmp/question >/tmp/heard 2>/tmp/said &
	exec 4>/tmp/question
	for i in $(seq 150); do grep -q unasked /tmp/heard && break; sleep 0.1; done
	echo question >&4
	exec 4>&-
	wait
	grep -q "not permitted" /tmp/said && echo refused || cat /tmp/heard /tmp/said')"
wait $speaking || true

seconds=$(full 20 5)
say "200 questions a second for $seconds s, half of them passed on"
table "who asked" "by the filter" "past it" "open" "failed" "longest" ""
for old in "" --old; do
	read -r _ filter _ past _ open _ failures _ longest _ < <(pc load --for ${seconds}s $old)
	verdict=ok
	[ "$past/$failures" = 0/0 ] || { verdict="**FAIL: want none past it, none failed**"; failed=$((failed + 1)); }
	row "$([ -n "$old" ] && echo "sockets opened once" || echo "new sockets")" "$filter" "$past" "$open" "$failures" "$longest ms" "$verdict"
done

say "The ways round"
table "" "" ""
is "DNS over TLS" refused "$(connects 203.0.113.80 853)"
is "DNS over TLS, IPv6" refused "$(connects 2001:db8:53::53 853)"
is "a listed resolver over HTTPS" refused "$(connects 1.1.1.1 443)"
is "a listed resolver over HTTPS, IPv6" refused "$(connects 2606:4700:4700::1111 443)"
is "any other site" open "$(connects 203.0.113.80 443)"

say "An administrator"
tables() { pc nft list tables | grep -c 'inet lessonguard' || true; }
table "" "" ""
is "deletes the table: tables of ours" 1 "$(pc nft delete table inet lessonguard 2>/dev/null; tables)"
is "flushes the rule set: tables of ours" 1 "$(pc nft flush ruleset; tables)"
for process in nft holder; do
	case $process in
	nft) pid=$(pc pgrep -x nft | head -1) ;;
	holder) pid=$(pc bash -c 'ps -o pid= --ppid $(systemctl show -P MainPID lessonguard)' | head -1 | tr -d ' ') ;;
	esac
	began=${EPOCHREALTIME/./}
	pc kill -9 "$pid"
	within 10 answered filter @198.51.100.53 || true
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
	is "kills its $process: after $took ms, who answers" filter "$(who @198.51.100.53)"
done
is "guardians are told" yes "$(noticed undone)"
is "how often the service was started again" 0 "$(pc systemctl show -P NRestarts lessonguard)"
