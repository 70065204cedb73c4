#!/usr/bin/env bash
# The router's resolver dies: the service lets go, says so, and takes the hook
# back. Nothing that a learner sends can make it do so.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

state() { status | grep -o '"state": "[a-z-]*"' | cut -d'"' -f4; }
state_is() { [ "$(state)" = "$1" ]; }
hook_is() { [ "$(hook)" = "$1" ]; }
since() { echo $(((${EPOCHREALTIME/./} - $1) / 1000000)); }

boot
installed
within 20 answered filter
sleep 4

say "No resolver answers"
table "" "" ""
is "before" filtering "$(state)"
address kept.example.com >/dev/null
sleep 2
silent
began=${EPOCHREALTIME/./}
within 40 hook_is none || true
took=$(since "$began")
is "it lets go" none "$(hook)"
is "after 10 s of no answer, which is found out within 12" yes "$([ "$took" -ge 8 ] && [ "$took" -le 27 ] && echo yes || echo no)"
row "which took" "$took s" ""
is "and says so" let-go "$(within 3 state_is let-go; state)"
row "in the words" "$(status | grep -o '"why": "[^"]*"' | cut -d'"' -f4)" ""
speaking
began=${EPOCHREALTIME/./}
within 30 hook_is nft || true
took=$(since "$began")
is "the router is back: it takes the hook back" nft "$(hook)"
is "within 10 s, which took $took" yes "$([ "$took" -le 10 ] && echo yes || echo no)"
is "who answers" filter "$(who)"
is "and says so" filtering "$(within 3 state_is filtering; state)"
is "guardians are told of the gap" yes "$(noticed no-resolver)"

say "The cable is out for 15 s"
table "" "" ""
router ip link set lan0 down
sleep 15
row "meanwhile" "$(hook), $(state)" ""
router ip link set lan0 up
is "the cable is back, who answers" filter "$(within 20 answered filter; who)"

seconds=$(full 30 14)
say "What a learner sends for $seconds s"
table "" "the hook lets go" "who answers then" ""
# heavy WHAT LOAD...: while it goes on, the hook is looked at.
heavy() {
	local what=$1 let_go=no
	shift
	learner timeout "$((seconds + 5))" "$@" >"$work/heavy" 2>&1 &
	local sending=$!
	while kill -0 $sending 2>/dev/null; do
		[ "$(hook)" = nft ] || let_go=yes
		sleep 0.5
	done
	wait $sending || true
	local answers
	answers=$(who)
	if [ $let_go = no ] && [ "$answers" = filter ]; then
		row "$what" "$let_go" "$answers" ok
	else
		row "$what" "$let_go" "$answers" "**FAIL: want no, filter**"
		failed=$((failed + 1))
	fi
}
heavy "questions to a dead resolver, 300 a second" load --rate 300 --for ${seconds}s --tries 1 --server 192.0.2.53:53
heavy "3000 questions a second" load --rate 3000 --for ${seconds}s --tries 1
heavy "3000 questions a second through the PC's resolver" load --rate 3000 --for ${seconds}s --tries 1 --server 127.0.0.53:53
# One process may have some ten thousand files, and anybody several processes.
seconds=26
heavy "nothing, but takes every UDP port" bash -c "for _ in 1 2 3 4 5 6; do load --ports --for ${seconds}s & done; wait"
is "how many it took: nearly all" yes "$(awk '{n += $2} END {print (n > 60000 ? "yes" : n)}' "$work/heavy")"
