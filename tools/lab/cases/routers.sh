#!/usr/bin/env bash
# The resolvers are dead that somebody set who sits at the PC: its router stands
# in, and nobody has the service let go that way.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

boot
installed
within 20 answered filter
sleep 4 # until the hook has settled

say "The PC's resolvers are dead, and its router is not"
table "" "" ""
opened() { [ "$(whose "$(address "n$RANDOM.example.com")")" = router ]; }
stands_in() {
	is "$1: an open name is resolved by" router "$(within 30 opened && echo router || echo nobody)"
	local let_go=no
	for _ in $(seq 28); do
		[ "$(hook)" = nft ] || let_go=yes
		sleep 0.5
	done
	is "$1: the hook is let go within 14 s" no "$let_go"
	is "$1: who answers" filter "$(who)"
}
pc nmcli con mod home ipv4.ignore-auto-dns yes ipv4.dns 192.0.2.53 ipv6.ignore-auto-dns yes
pc nmcli -w 8 con up home >/dev/null
stands_in "its router is known by IPv4"
pc nmcli con mod home ipv4.never-default yes
pc nmcli -w 8 con up home >/dev/null
is "a way to the internet by IPv4" none "$(pc ip -4 route show default | grep . || echo none)"
stands_in "its router is known by IPv6 alone"
pc nmcli con mod home ipv4.ignore-auto-dns no ipv4.dns "" ipv6.ignore-auto-dns no ipv4.never-default no
pc nmcli -w 8 con up home >/dev/null
is "they are as before: who answers" filter "$(within 20 answered filter; who)"
