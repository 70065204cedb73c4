#!/usr/bin/env bash
# Makes the PC's file systems and becomes its systemd; router.sh runs it, in
# namespaces of the PC's own.
set -euo pipefail

cd /run/lab/pc
mount -t proc proc proc
# Only what belongs to this network namespace may be written: fs.* and kernel.*
# are the host's. So is all of /sys.
mkdir -p run/proc
mount -t proc proc run/proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount --bind run/proc/sys/net proc/sys/net
umount -l run/proc
mount -o ro -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
# Device nodes of its own: getty and logind change the mode and owner of those
# they find.
mount -t tmpfs -o mode=755 tmpfs dev
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
	IFS=: read -r file major minor <<<"$node"
	mknod -m 666 "dev/$file" c "$major" "$minor"
done
mknod -m 600 dev/console c 1 3 # where systemd writes: nowhere
mkdir -p dev/net dev/pts dev/shm
mknod -m 666 dev/net/tun c 10 200
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
hostname home-pc
printf '127.0.0.1 localhost home-pc\n::1 localhost\n' >etc/hosts
for unit in console-getty.service getty@tty1.service systemd-udevd.service \
	sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount dev-hugepages.mount; do ln -sf /dev/null "etc/systemd/system/$unit"; done
mkdir -p .old
pivot_root . .old
cd /
umount -l /.old
exec env -i container=lessonguard-lab LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	/lib/systemd/systemd --log-target=journal --unit=multi-user.target
