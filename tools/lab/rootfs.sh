#!/usr/bin/env bash
# Builds the Debian 12 system that the lab boots, once, under
# $LESSONGUARD_LAB (default ~/.cache/lessonguard-lab): about three minutes and
# 500 MB. It installs nothing on this machine; a changed recipe builds anew.
#   tools/lab/rootfs.sh             print where the system is, building it if need be
#   tools/lab/rootfs.sh --browsers  the same with Chromium and Firefox: 1 GB more
#   tools/lab/rootfs.sh --check     say why it cannot be built here, if it cannot
set -euo pipefail

lab=${LESSONGUARD_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/lessonguard-lab}
mirror=${LESSONGUARD_MIRROR:-http://deb.debian.org/debian}
self=$(readlink -f "$0")

# What a family's PC with a usual Debian desktop resolves names with, and what
# the tests ask with.
base=systemd,systemd-sysv,dbus,iproute2,procps,ca-certificates
packages=(network-manager nftables dnsmasq-base bind9-dnsutils polkitd conntrack socat tcpdump sudo
	libnss-resolve network-manager-openvpn openssl curl
	slirp4netns libresolv-wrapper libnss-wrapper) # what a learner may try
browsers=(chromium firefox-esr)
install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends)

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

# prepare makes a system fit to install in. Mounts and processes end with us.
prepare() {
	mount -t proc proc "$1/proc"
	# No service starts while it is installed: this machine would run it.
	printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
	chmod +x "$1/usr/sbin/policy-rc.d"
}

plain() {
	local new=$1
	debootstrap --variant=minbase --include="$base" bookworm "$new" "$mirror"
	prepare "$new"
	rm -f "$new/etc/resolv.conf"
	cp -L /etc/resolv.conf "$new/etc/resolv.conf"
	chroot "$new" apt-get update -q
	chroot "$new" "${install[@]}" "${packages[@]}"
	chroot "$new" "${install[@]}" systemd-resolved # last: it takes over /etc/resolv.conf
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

with_browsers() {
	local old=$1 new=$2
	cp -a --reflink=auto "$old" "$new"
	prepare "$new"
	# What resolv.conf links to, while there is no systemd-resolved.
	mount -t tmpfs tmpfs "$new/run"
	mkdir -p "$new/run/systemd/resolve"
	cp -L /etc/resolv.conf "$new/run/systemd/resolve/stub-resolv.conf"
	chroot "$new" "${install[@]}" "${browsers[@]}"
	rm "$new/usr/sbin/policy-rc.d"
	chroot "$new" apt-get clean
}

case ${1:-} in plain | with_browsers) "$@"; exit ;; esac

stamp=$( (declare -f plain with_browsers prepare; echo "$base" "${packages[@]}" "${browsers[@]}") | sha256sum | cut -c1-16)
root=$lab/rootfs-$stamp

# build KIND NEW ARG... builds NEW once, in a mount namespace of its own.
build() {
	local kind=$1 new=$2
	shift 2
	[ ! -d "$new" ] || return 0
	[ "$(id -u)" = 0 ] || { echo "building the lab's system needs root" >&2; exit 1; }
	mkdir -p "$lab"
	exec 9>"$lab/building"
	flock 9
	if [ ! -d "$new" ]; then # not built by another run meanwhile
		echo "building the lab's system in $new (once)" >&2
		rm -rf "$lab"/rootfs-*.new
		unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
			"$self" "$kind" "$@" "$new.new" >"$lab/build.log" 2>&1 ||
			{ tail -20 "$lab/build.log" >&2; echo "building the lab's system: see $lab/build.log" >&2; exit 1; }
		mv "$new.new" "$new"
	fi
	flock -u 9
}

case ${1:-} in
--check)
	[ -d "$root" ] || curl --silent --head --max-time 20 --output /dev/null "$mirror/dists/bookworm/Release" ||
		{ echo "the lab's system is not built, and $mirror cannot be reached"; exit 1; }
	exit
	;;
--browsers)
	build plain "$root"
	build with_browsers "$root-browsers" "$root"
	root=$root-browsers
	;;
*) build plain "$root" ;;
esac
echo "$root"
