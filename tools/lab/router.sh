#!/usr/bin/env bash
# The router of the lab, and the first process of its namespaces; lab.sh runs
# it. The router's own network namespace leads nowhere: what the PC takes for
# the internet are addresses on the router's loopback.
#   192.168.77.1, fd77::1     the router, DHCP, router advertisements, DNS
#   198.51.100.53, 2001:db8:53::53   a resolver that a program has hard-coded
#   203.0.113.80              what every other name resolves to
# who.test TXT answers "router" from each of them.
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
ip addr add 203.0.113.80/32 dev lo
ip addr add 2001:db8:53::53/128 dev lo
for all in ipv4/ip_forward ipv6/conf/all/forwarding ipv6/conf/all/keep_addr_on_down; do echo 1 >/proc/sys/net/$all; done

cd /run/lab/router
mount -t proc proc proc
mount -t tmpfs -o mode=755 tmpfs dev
for node in null:3 zero:5 random:8 urandom:9; do mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"; done
mount -t tmpfs tmpfs run
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
	address=/#/203.0.113.80
	host-record=printer.home.lan,192.168.77.50
	txt-record=who.test,router
END
chroot . dnsmasq --keep-in-foreground --conf-file=/etc/dnsmasq-lab.conf --pid-file= &
# Somebody listens where DNS over TLS and over HTTPS would be.
for port in 853 443; do chroot . socat "TCP6-LISTEN:$port,ipv6only=0,fork,reuseaddr" EXEC:/bin/true & done

cd /
# The cgroup is entered first: "ip netns exec" mounts a /sys without them.
(
	echo $BASHPID >"$group/pc/cgroup.procs"
	exec ip netns exec pc unshare --mount --pid --uts --ipc --cgroup --fork --kill-child --propagation private "$here/boot.sh"
) &
wait -n # the lab is of no use without any of them
