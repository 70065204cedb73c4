#!/usr/bin/env bash
# What can lead past the filter is noticed, and guardians are told.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

told() { [ "$(noticed "$1")" = yes ]; }

boot
installed
within 20 answered filter
sleep 40 # until the resolvers have been there for so long that others are others

say "What can lead past the filter"
table "" "guardians are told" ""
for kind in hosts tunnel resolvers removed killed; do
	! told $kind || is "before: $kind" no yes
done
pc bash -c 'echo "192.0.2.1 moved.example" >>/etc/hosts'
within 20 told hosts || true
is "the hosts file is changed" yes "$(noticed hosts)"
pc bash -c 'ip tuntap add dev tun7 mode tun && ip link set tun7 up'
within 20 told tunnel || true
is "a tunnel is made" yes "$(noticed tunnel)"
program=$(pc bash -c 'readlink /proc/$(systemctl show -P MainPID lessonguard)/exe')
pc mv "$program" "$program.off"
pc bash -c 'nmcli con mod home ipv4.dns 198.51.100.53 && nmcli -w 5 device reapply eth0' >/dev/null
within 60 told resolvers || true
is "other DNS servers are set" yes "$(noticed resolvers)"
within 90 told removed || true
is "its program is taken away" yes "$(noticed removed)"
pc mv "$program.off" "$program"
pc systemctl kill -s KILL --kill-who=main lessonguard
within 20 told killed || true
is "it is killed" yes "$(noticed killed)"

echo
echo "In the words of \`lessonguardd notices\`:"
echo
pc lessonguardd notices
