#!/usr/bin/env bash
# A family's PC and its router, in namespaces of this machine: a real systemd as
# PID 1 with NetworkManager and systemd-resolved, and a router that serves DHCP,
# router advertisements and DNS. Nothing of this machine's own network, resolver
# or disk is touched, no packet leaves, and everything ends with one process.
#   tools/lab/lab.sh up            build the system if need be, boot it, wait until it resolves
#   tools/lab/lab.sh sh CMD...     run CMD on the PC, as root
#   tools/lab/lab.sh router CMD... run CMD on the router
#   tools/lab/lab.sh reboot        cut the PC's power, and boot it again
#   tools/lab/lab.sh freeze N      stop the PC for N seconds, as sleep does
#   tools/lab/lab.sh down          end it
#   tools/lab/lab.sh check         say why this machine cannot run it, if it cannot
# LESSONGUARD_LAB is where the system is kept; LESSONGUARD_LAB_NAME (default pc)
# lets two labs run side by side; LESSONGUARD_LAB_BROWSERS=yes boots the system
# with browsers.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
lab=${LESSONGUARD_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/lessonguard-lab}
name=${LESSONGUARD_LAB_NAME:-pc}
state=$lab/run/$name
groups=$(findmnt -n -t cgroup2 -o TARGET | head -1)
group=$groups/lessonguard-lab-$name

# check prints what is missing, in one line, and fails.
check() {
	[ "$(uname)" = Linux ] || { echo "the lab needs Linux"; return 1; }
	[ "$(id -u)" = 0 ] || { echo "the lab needs root, to make namespaces with a network in them"; return 1; }
	local tool
	for tool in unshare nsenter ip findmnt setsid flock; do
		type -P "$tool" >/dev/null || { echo "the lab needs the program $tool (util-linux, iproute2)"; return 1; }
	done
	type -P debootstrap >/dev/null || type -P apt-get >/dev/null || { echo "the lab needs debootstrap, or apt-get to fetch it with"; return 1; }
	[ -n "$groups" ] || { echo "the lab needs a cgroup2 file system"; return 1; }
	unshare --net --mount --pid --uts --ipc --cgroup --fork true 2>/dev/null ||
		{ echo "this machine lets nobody make namespaces"; return 1; }
	"$here/rootfs.sh" --check
}

# process returns the host's number of PID 1 of the router, or of the PC.
process() {
	local want=$1 p ns
	[ -s "$state/holder" ] || return 1
	for p in $(descendants "$(cat "$state/holder")"); do
		ns=$(awk '/^NSpid:/ {$1=""; print}' "/proc/$p/status" 2>/dev/null) || continue
		# One number for each pid namespace: the host's, the router's, the PC's.
		set -- $ns
		case $want/$# in router/*) [ "${!#}" = 1 ] && { echo "$p"; return; } ;; esac
		[ "$want" = pc ] && [ $# -gt "$depth" ] && [ "${!#}" = 1 ] && { echo "$p"; return; }
	done
	return 1
}
# This shell's own depth may be more than one: in a container, say.
depth=$(($(awk '/^NSpid:/ {print NF - 1}' /proc/self/status) + 1))

descendants() {
	local p
	for p in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		echo "$p"
		descendants "$p"
	done
}

up() {
	local why root
	why=$(check) || { echo "$why" >&2; exit 1; }
	mkdir -p "$state"
	exec 8>"$state/lock"
	flock -n 8 || { echo "another lab named $name is starting" >&2; exit 1; }
	! process router >/dev/null || { echo "a lab named $name is up: $0 down ends it" >&2; exit 1; }
	down
	root=$("$here/rootfs.sh" ${LESSONGUARD_LAB_BROWSERS:+--browsers})
	trap down EXIT
	mkdir -p "$group/router" "$group/pc"
	setsid bash -c 'echo $$ >"$1/router/cgroup.procs"; exec unshare --net --mount --pid --cgroup --fork --kill-child \
		--propagation private "$2/router.sh" "$3" "$1"' _ "$group" "$here" "$root" \
		>"$state/console.log" 2>&1 </dev/null 8>&- &
	echo $! >"$state/holder"
	await
	trap - EXIT
}

# await waits until the PC has booted and resolves.
await() {
	waited 20 process pc || { echo "the PC does not boot" >&2; tail -5 "$state/console.log" >&2; exit 1; }
	waited 60 booted || { echo "the PC does not come up" >&2; onpc systemctl --no-pager list-jobs >&2; exit 1; }
	waited 30 resolves || { echo "the PC does not resolve" >&2; onpc resolvectl --no-pager >&2; exit 1; }
}

# reboot is a power cut: nothing on the PC is told. Its disk stays as it is.
reboot() {
	local p
	p=$(process pc) || { echo "no lab named $name is up: $0 up starts it" >&2; exit 1; }
	kill -9 "$p"
	waited 10 gone "$p" || { echo "the PC's process $p does not end" >&2; exit 1; }
	await
}

# freeze stops every process of the PC; its clocks go on.
freeze() {
	echo 1 >"$group/pc/cgroup.freeze"
	sleep "$1"
	echo 0 >"$group/pc/cgroup.freeze"
}

# waited runs a command until it succeeds, for so many seconds at most.
waited() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}
booted() { onpc systemctl is-system-running | grep -qE 'running|degraded'; }
resolves() {
	[ "$(onpc dig +short +time=1 +tries=1 who.test TXT)" = '"router"' ] &&
		onpc ip addr show dev eth0 scope global | grep -qw inet && onpc ip addr show dev eth0 scope global | grep -qw inet6
}

onpc() {
	local p
	p=$(process pc) || { echo "no lab named $name is up: $0 up starts it" >&2; exit 1; }
	nsenter -t "$p" --all env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root "$@"
}

onrouter() {
	local p
	p=$(process router) || { echo "no lab named $name is up: $0 up starts it" >&2; exit 1; }
	nsenter -t "$p" --net --mount --pid chroot /run/lab/router "$@"
}

# down ends every process of the lab, and with them its mounts and networks:
# the first process of the router is the first of a pid namespace.
down() {
	local p
	if p=$(process router); then
		kill -9 "$p"
		waited 10 gone "$p" || { echo "the lab's process $p does not end" >&2; exit 1; }
	fi
	rm -f "$state/holder"
	if [ -d "$group" ]; then
		waited 10 ungroup || echo "left behind: $group" >&2
	fi
}
gone() { ! kill -0 "$1" 2>/dev/null; }
ungroup() { find "$group" -depth -type d -exec rmdir {} + && [ ! -d "$group" ]; }

case ${1:-} in
up) up ;;
down) down && rm -rf "$state" ;;
check) check ;;
reboot) reboot ;;
freeze) freeze "$2" ;;
sh) shift; onpc "$@" ;;
router) shift; onrouter "$@" ;;
*) sed -n '2,/^set/ s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
