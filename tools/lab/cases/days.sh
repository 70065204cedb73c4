#!/usr/bin/env bash
# What happens to a PC, and whether the family's names resolve after it, for each
# of the hooks.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

seconds=$(full 8 4) # for which programs ask, over each event

# events are what is done. Each leaves a PC that must resolve, by the filter.
killed() { pc systemctl kill -s KILL --kill-who=main lessonguard; }
killed_there() { killed; }
told_to_end() { pc systemctl kill -s TERM --kill-who=main lessonguard; }
hung() { pc systemctl kill -s STOP --kill-who=main lessonguard; }
# As the kernel does when memory runs out: the holder is told nothing either.
all_killed() { pc systemctl kill -s KILL --kill-who=all lessonguard; }
nm_restarted() { pc systemctl restart NetworkManager; }
resolved_restarted() { pc systemctl restart systemd-resolved; }
connected_anew() { pc nmcli -w 8 con up home; }
reapplied() { pc nmcli -w 5 device reapply eth0; }
cable_out_and_in() {
	router ip link set lan0 down
	sleep 1
	router ip link set lan0 up
}
slept() { "$lab" freeze $((seconds + 4)); }
power_cut() { "$lab" reboot; }
# The state directory becomes a small disk of its own.
small_disk() {
	pc bash -c '
		systemctl stop lessonguard
		cp -a /var/lib/lessonguard /root/state
		mount -t tmpfs -o size=64m,mode=700 tmpfs /var/lib/lessonguard
		cp -a /root/state/. /var/lib/lessonguard
		chown --reference=/root/state /var/lib/lessonguard'
}
disk_full() {
	small_disk
	pc bash -c 'dd if=/dev/zero of=/var/lib/lessonguard/full bs=64k 2>/dev/null; dd if=/dev/zero of=/var/lib/lessonguard/fuller bs=1 2>/dev/null; systemctl start --no-block lessonguard'
}
disk_read_only() { pc bash -c 'systemctl stop lessonguard; rm -f /var/lib/lessonguard/full*; mount -o remount,ro /var/lib/lessonguard; systemctl start --no-block lessonguard'; }
disk_mended() { pc bash -c 'systemctl stop lessonguard; umount /var/lib/lessonguard; systemctl start lessonguard'; }

# after EVENT prints a cell: who answers, how long it took until then, and how
# many of the questions failed that programs asked over the event.
after() {
	local event=$1 began who=nobody failures took cell
	pc ask.sh "$seconds" getaddrinfo >"$work/asked" 2>/dev/null &
	local asking=$!
	began=${EPOCHREALTIME/./}
	"$event" >/dev/null 2>"$work/event" || { cat "$work/event" >&2; cell="**FAIL: $event cannot be done** "; }
	# Twice in a row, since the event may only be beginning.
	local end=$((SECONDS + 30))
	while
		who=$(who)
		took=$(((${EPOCHREALTIME/./} - began) / 100000))
		! { [ "$who" = filter ] && sleep 0.3 && answered filter; } && [ $SECONDS -lt $end ]
	do :; done
	wait $asking || true
	failures=$(tail -1 "$work/asked" 2>/dev/null)
	if [[ $failures =~ asked\ ([0-9]+),\ failed\ ([0-9]+) ]]; then
		failures=", ${BASH_REMATCH[2]} of ${BASH_REMATCH[1]} failed"
	else
		failures=""
	fi
	printf -v took '%d.%d s' $((took / 10)) $((took % 10))
	case $who in
	filter) cell="${cell:-}filter, $took$failures" ;;
	# Where the state cannot be read or written it may let go, and never less.
	router) case $event in disk_* | killed_there) cell="router$failures" ;; *) cell="**FAIL: router after 30 s**$failures" ;; esac ;;
	*) cell="**FAIL: $who after 30 s**$failures" ;;
	esac
	echo "$cell"
}

declare -A cells
events=(
	"killed:the service is killed (SIGKILL)"
	"told_to_end:it is told to end (SIGTERM)"
	"hung:it hangs (SIGSTOP), until the watchdog ends it"
	"all_killed:all its processes are killed at once, as when memory runs out"
	"nm_restarted:NetworkManager restarts"
	"resolved_restarted:systemd-resolved restarts"
	"reapplied:NetworkManager applies the connection again"
	"connected_anew:the connection goes down and up, with a new lease"
	"cable_out_and_in:the cable out and in"
	"slept:the PC sleeps"
	"disk_full:the disk of the state is full, and the service starts"
	"killed_there:it is killed there"
	"disk_read_only:the disk of the state is read-only, and the service starts"
	"killed_there:it is killed there"
	"disk_mended:the disk is as it was"
	"power_cut:the power is cut, and the PC boots"
)
read -ra hooks <<<"${LESSONGUARD_LAB_HOOKS:-nft tun resolv.conf}"
[ -z "$short" ] || hooks=(nft)
for hook in "${hooks[@]}"; do
	boot >&2
	equipped "$hook"
	installed
	within 20 answered filter || echo "with $hook the filter does not answer" >&2
	[ "$(hook)" = "$hook" ] || echo "not $hook but $(hook)" >&2
	cells[$hook/0]=$(hook)
	[ "${cells[$hook/0]}" = "$hook" ] || failed=$((failed + 1))
	n=0
	for event in "${events[@]}"; do
		n=$((n + 1))
		if [ "$hook" = resolv.conf ] && [ "${event%%:*}" = resolved_restarted ]; then
			cells[$hook/$n]="there is none"
			continue
		fi
		cells[$hook/$n]=$(after "${event%%:*}")
		[[ ${cells[$hook/$n]} != *FAIL* ]] || { failed=$((failed + 1)); echo "$hook: ${event#*:}: ${cells[$hook/$n]}" >&2; evidence; }
	done
	[ "$(hook)" = "$hook" ] || { failed=$((failed + 1)); echo "in the end not $hook but $(hook)" >&2; }
	"$lab" down
done

say "What happens to a PC"
echo "Who answers afterwards, after how long, and how many questions of the C library failed in the $seconds s around it."
echo
table "" "${hooks[@]}"
line() {
	local cells_of=("$1") hook
	for hook in "${hooks[@]}"; do cells_of+=("${cells[$hook/$2]}"); done
	row "${cells_of[@]}"
}
line "the hook that is set" 0
n=0
for event in "${events[@]}"; do
	n=$((n + 1))
	line "${event#*:}" $n
done
