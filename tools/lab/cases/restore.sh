#!/usr/bin/env bash
# Everything of Lessonguard is killed at once and does not come back. What is left
# of each hook, and what "lessonguardd restore" makes of it.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

# picture is what the PC resolves by.
picture() {
	pc bash -c 'ls -l /etc/resolv.conf | cut -d" " -f1,3,4,9-; cat /etc/resolv.conf; ls /run/NetworkManager/conf.d 2>/dev/null
		nft.off list tables 2>/dev/null || nft list tables 2>/dev/null; ip -o link show | grep -o "lessonguard0" || true'
}
# took_to_resolve prints how long the C library takes for an open name.
took_to_resolve() { pc bash -c 'b=${EPOCHREALTIME/./}; getent ahostsv4 left'$RANDOM'.example.com >/dev/null && echo $(((${EPOCHREALTIME/./} - b) / 1000)) || echo never'; }

say "Killed with its holder, for good"
table "hook" "names resolve all the same, after" "restore" "the PC is as it was, byte for byte" "restored twice" ""
for hook in nft tun resolv.conf; do
	boot
	equipped "$hook"
	before=$(picture)
	installed
	within 20 answered filter || true
	was=$(hook)
	restarts no
	pc systemctl kill -s KILL --kill-who=all lessonguard
	within 5 pc bash -c '! pgrep -x lessonguardd'
	took=$(took_to_resolve)
	rc=0
	pc lessonguardd restore --state /var/lib/lessonguard >"$work/restore" 2>&1 || rc=$?
	within 5 pc bash -c '! grep -q Made.by /etc/resolv.conf' || true
	after=$(picture)
	same=no
	[ "$before" = "$after" ] && same=yes
	again=no
	pc lessonguardd restore --state /var/lib/lessonguard >/dev/null 2>&1 && [ "$(picture)" = "$before" ] && again=yes
	verdict=ok
	[ "$was/$rc/$same/$again/$(who)" = "$hook/0/yes/yes/router" ] && [ "$took" != never ] && [ "$took" -le 3000 ] || {
		verdict="**FAIL**"
		failed=$((failed + 1))
		{ echo "$hook: was $was, then:"; diff <(echo "$before") <(echo "$after"); cat "$work/restore"; } >&2 || true
	}
	row "$was" "$took ms" "$(head -1 "$work/restore")" "$same" "$again" "$verdict"
	"$lab" down
done

say "It hangs, with its hook set, and is not ended"
table "hook" "restore" "who answers then" ""
boot
installed
within 20 answered filter
restarts no
pc bash -c 'mkdir -p /run/systemd/system/lessonguard.service.d; printf "[Service]\nWatchdogSec=0\n" >/run/systemd/system/lessonguard.service.d/lab2.conf; systemctl daemon-reload; systemctl restart lessonguard'
within 20 answered filter
pc systemctl kill -s STOP --kill-who=all lessonguard
pc lessonguardd restore --state /var/lib/lessonguard >"$work/restore" 2>&1 || true
answers=$(who)
verdict=ok
[ "$answers" = router ] || { verdict="**FAIL: want router**"; failed=$((failed + 1)); }
row nft "$(head -1 "$work/restore")" "$answers" "$verdict"
