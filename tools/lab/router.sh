#!/usr/bin/env bash
# The router of the lab, and the first process of its namespaces; lab.sh runs
# it. The router's own network namespace leads nowhere: what the PC takes for
# the internet are addresses on the router's loopback.
#   192.168.77.1, fd77::1     the router, DHCP, router advertisements, DNS
#   198.51.100.53, 2001:db8:53::53   a resolver that a program has hard-coded
#   1.1.1.1, 2606:4700:4700::1111    a well-known one, with DNS over HTTPS
#   203.0.113.53              one over HTTPS that is on no list
#   203.0.113.80              what every other name resolves to
# who.test TXT answers "router" from each of them. What else is on the internet is
# the program in internet/.
set -euo pipefail

root=$1 group=$2 here=$(dirname "$(readlink -f "$0")")

# Everything written goes to memory, and ends with the namespace.
mkdir -p /run
mount -t tmpfs -o mode=755,size=2g tmpfs /run
mount -t proc proc /proc
mkdir -p /run/netns /run/lab/{router,router-upper,router-work,pc,pc-upper,pc-work}
overlay() { mount -t overlay overlay -o "lowerdir=$root,upperdir=/run/lab/$1-upper,workdir=/run/lab/$1-work" "/run/lab/$1"; }
overlay router
overlay pc

ip netns add pc
ip link add lan0 type veth peer name eth0 netns pc
ip link set lo up
ip link set lan0 up
ip addr add 192.168.77.1/24 dev lan0
ip addr add fd77::1/64 dev lan0 nodad
ip addr add 198.51.100.53/32 dev lo
for address in 203.0.113.80/32 203.0.113.53/32 1.1.1.1/32 2001:db8:53::53/128 2606:4700:4700::1111/128; do ip addr add $address dev lo; done
for all in ipv4/ip_forward ipv6/conf/all/forwarding ipv6/conf/all/keep_addr_on_down; do echo 1 >/proc/sys/net/$all; done

cd /run/lab/router
mount -t proc proc proc
mount -t tmpfs -o mode=755 tmpfs dev
for node in null:3 zero:5 random:8 urandom:9; do mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"; done
mkdir dev/net
mknod -m 666 dev/net/tun c 10 200
mount -t tmpfs tmpfs run
: >etc/dnsmasq-more.conf
cat >etc/dnsmasq-lab.conf <<-END
	no-resolv
	no-hosts
	bind-dynamic
	interface=lan0
	interface=lo
	dhcp-range=192.168.77.100,192.168.77.199,2m
	dhcp-range=::,constructor:lan0,ra-stateless
	enable-ra
	dhcp-option=option:dns-server,192.168.77.1
	dhcp-option=option6:dns-server,[fd77::1]
	dhcp-option=option:domain-search,home.lan
	domain=home.lan
	dhcp-leasefile=/run/leases
	user=root
	host-record=printer.home.lan,192.168.77.50
	txt-record=who.test,router
	conf-file=/etc/dnsmasq-more.conf
END
echo address=/#/203.0.113.80 >etc/dnsmasq-more.conf
# Killed to read its configuration anew: see resolver in house.sh.
while :; do chroot . dnsmasq --keep-in-foreground --conf-file=/etc/dnsmasq-lab.conf --pid-file=/run/dnsmasq.pid || sleep 0.1; done &

cd /
# The PC is switched on again whenever it goes off. The cgroup is entered first:
# "ip netns exec" mounts a /sys without them.
(
	echo $BASHPID >"$group/pc/cgroup.procs"
	while :; do
		ip -n pc link set eth0 down # nothing of before is left
		ip -n pc addr flush dev eth0
		ip netns exec pc unshare --mount --pid --uts --ipc --cgroup --fork --kill-child --propagation private "$here/boot.sh" || sleep 0.1
	done
) &
wait -n # the lab is of no use without any of them
