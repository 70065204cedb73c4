#!/usr/bin/env bash
# The service is killed at random moments while programs ask.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

boot
installed
within 20 answered filter @198.51.100.53
sleep 4 # until the hook has settled: what slips past is refused then
kills=$(full 50 5)

# under_load N kills the service N times, under 200 questions a second from new
# sockets and 200 from old ones, and those of dig and of the C library. Some kills
# come as it starts again.
under_load() {
	local time=$(($1 * 2 + 3)) pids=() name line
	pc load --for ${time}s >"$work/200 a second, new sockets" & pids+=($!)
	pc load --old --for ${time}s >"$work/200 a second, sockets opened before" & pids+=($!)
	pc ask.sh $time dig >"$work/dig, the PC's resolver" & pids+=($!)
	pc ask.sh $time dig @198.51.100.53 >"$work/dig, a resolver of its own" & pids+=($!)
	pc ask.sh $time getaddrinfo >"$work/getaddrinfo" & pids+=($!)
	pc bash -c 'done=0; while [ $done -lt '"$1"' ]; do
		sleep $((RANDOM % 2)).$((RANDOM % 1000))
		p=$(systemctl show -P MainPID lessonguard); [ "$p" = 0 ] || { kill -9 $p && done=$((done + 1)); }
	done'
	wait "${pids[@]}"
	: >"$work/judged"
	table "who asked" "questions" "closed, by the filter" "closed, by the router" "open" "failed" "longest" ""
	for name in "200 a second, new sockets" "200 a second, sockets opened before"; do
		read -r _ filter _ router _ open _ failures _ longest reasons <"$work/$name"
		row "$name" $((filter + router + open + failures)) "$filter" "$router" "$open" "$failures" "$longest ms" "$(judged "$failures" "$longest" 2000) ${reasons#map\[\]}"
	done
	for name in "dig, the PC's resolver" "dig, a resolver of its own" getaddrinfo; do
		line=$(tail -1 "$work/$name")
		[[ $line =~ asked\ ([0-9]+),\ failed\ ([0-9]+),\ longest\ ([0-9]+) ]]
		row "$name" "${BASH_REMATCH[1]}" "" "" "" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]} ms" "$(judged "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}" 3000)"
	done
	# judged counts in a subshell.
	failed=$((failed + $(wc -l <"$work/judged")))
	echo
	table "afterwards" "" ""
	is "who answers" filter "$(within 5 answered filter @198.51.100.53; who @198.51.100.53)"
}
# judged FAILURES LONGEST MOST: none fails, and none takes longer.
judged() {
	if [ "$1" = 0 ] && [ "$2" -le "$3" ]; then
		echo ok
	else
		echo "**FAIL: want 0 failed, at most $3 ms**"
		echo >>"$work/judged"
	fi
}

say "Killed $((kills - kills / 2)) times under load"
under_load $((kills - kills / 2))
say "Killed $((kills / 2)) times more, beside another nat table"
pc nft -f - <<-END
	table inet other {
		chain out { type nat hook output priority -100; policy accept; tcp dport 9999 redirect to :9998; }
		chain post { type nat hook postrouting priority 100; policy accept; }
	}
END
under_load $((kills / 2))
