#!/usr/bin/env bash
# Builds the Debian 12 system that the lab boots, once, under
# $LESSONGUARD_LAB (default ~/.cache/lessonguard-lab): about three minutes and
# 500 MB. It installs nothing on this machine; a changed recipe builds anew.
#   tools/lab/rootfs.sh      print where the system is, building it if need be
set -euo pipefail

lab=${LESSONGUARD_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/lessonguard-lab}
mirror=${LESSONGUARD_MIRROR:-http://deb.debian.org/debian}
self=$(readlink -f "$0")

# What a family's PC with a usual Debian desktop resolves names with, and what
# the tests ask with.
base=systemd,systemd-sysv,dbus,iproute2,procps,ca-certificates
packages=(network-manager nftables dnsmasq-base bind9-dnsutils polkitd conntrack socat tcpdump sudo
	libnss-resolve ${LESSONGUARD_LAB_PACKAGES:-})

debootstrap() {
	if type -P debootstrap >/dev/null; then
		command debootstrap "$@"
		return
	fi
	local tools=$lab/debootstrap
	if [ ! -x "$tools/usr/sbin/debootstrap" ]; then
		mkdir -p "$tools"
		(cd "$tools" && apt-get download -q debootstrap >&2 && dpkg -x debootstrap_*.deb .)
	fi
	DEBOOTSTRAP_DIR=$tools/usr/share/debootstrap "$tools/usr/sbin/debootstrap" "$@"
}

# inside runs with mounts and processes of its own, that end with it.
inside() {
	local new=$1
	debootstrap --variant=minbase --include="$base" bookworm "$new" "$mirror"
	mount -t proc proc "$new/proc"
	rm -f "$new/etc/resolv.conf"
	cp -L /etc/resolv.conf "$new/etc/resolv.conf"
	# No service starts while it is installed: this machine would run it.
	printf '#!/bin/sh\nexit 101\n' >"$new/usr/sbin/policy-rc.d"
	chmod +x "$new/usr/sbin/policy-rc.d"
	local install=(chroot "$new" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends)
	chroot "$new" apt-get update -q
	"${install[@]}" "${packages[@]}"
	"${install[@]}" systemd-resolved # last: it takes over /etc/resolv.conf
	rm "$new/usr/sbin/policy-rc.d"
	chroot "$new" apt-get clean
	# NetworkManager leaves alone what looks like a virtual machine's cable,
	# unless a connection names it.
	local home=$new/etc/NetworkManager/system-connections/home.nmconnection
	cat >"$home" <<-END
		[connection]
		id=home
		uuid=6d2f6e0f-3c4f-4a43-9d7c-0e4f3f6b5a01
		type=ethernet
		interface-name=eth0
		[ipv4]
		method=auto
		[ipv6]
		method=auto
	END
	chmod 600 "$home"
	chroot "$new" useradd -m -s /bin/bash learner
	echo home-pc >"$new/etc/hostname"
}

if [ "${1:-}" = --inside ]; then
	inside "$2"
	exit
fi

stamp=$( (cat "$self"; echo "${packages[@]}") | sha256sum | cut -c1-16)
root=$lab/rootfs-$stamp
if [ ! -d "$root" ]; then
	[ "$(id -u)" = 0 ] || { echo "building the lab's system needs root" >&2; exit 1; }
	mkdir -p "$lab"
	exec 9>"$lab/building"
	flock 9
	if [ ! -d "$root" ]; then # not built by another run meanwhile
		echo "building the lab's system in $root (once)" >&2
		rm -rf "$lab"/rootfs-*.new
		unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
			"$self" --inside "$root.new" >"$lab/build.log" 2>&1 ||
			{ tail -20 "$lab/build.log" >&2; echo "building the lab's system: see $lab/build.log" >&2; exit 1; }
		mv "$root.new" "$root"
	fi
fi
echo "$root"
