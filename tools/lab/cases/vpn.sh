#!/usr/bin/env bash
# A VPN through NetworkManager (OpenVPN), with DNS of its own: for everything,
# and for the names of an office alone.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

boot
installed
within 20 answered filter

# The office: its VPN server, and behind that its resolver.
router bash -e -c '
	mkdir -p /etc/office; cd /etc/office
	key() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout $1.key "${@:2}"; }
	key ca -x509 -days 2 -out ca.crt
	for who in server client; do
		key $who -out $who.csr
		openssl x509 -req -in $who.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out $who.crt
	done' 2>/dev/null
router ip addr add 203.0.113.90/32 dev lo
router setsid openvpn --dev tun9 --dev-type tun --server 10.99.0.0 255.255.255.0 --topology subnet --local 203.0.113.90 \
	--ca /etc/office/ca.crt --cert /etc/office/server.crt --key /etc/office/server.key --dh none \
	--push "dhcp-option DNS 10.99.0.1" --push "dhcp-option DOMAIN corp.example" >"$work/openvpn" 2>&1 </dev/null &
within 10 router ip addr show dev tun9
# What it knows nothing of it refuses to say: refused.example.
router dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --bind-interfaces --interface=tun9 --except-interface=lo --user=root --pid-file=/run/office.pid \
	--address=/#/203.0.113.99 --server=/refused.example/# --host-record=git.corp.example,10.99.0.7 --txt-record=who.test,vpn >"$work/office" 2>&1 </dev/null
for file in ca.crt client.crt client.key; do router cat /etc/office/$file | pc bash -c "mkdir -p /etc/office; cat >/etc/office/$file"; done
pc bash -c 'chmod 644 /etc/office/*; nmcli con add type vpn con-name office vpn-type openvpn \
	vpn.data "connection-type=tls,remote=203.0.113.90,ca=/etc/office/ca.crt,cert=/etc/office/client.crt,key=/etc/office/client.key,cert-pass-flags=4,dev-type=tun" >/dev/null'

connect() {
	pc nmcli con mod office "$@"
	pc nmcli -w 30 con up office >/dev/null
	pc resolvectl flush-caches
	within 5 pc bash -c 'resolvectl dns | grep -q 10.99.0.1'
}
disconnect() {
	pc nmcli -w 10 con down office >/dev/null
	pc resolvectl flush-caches
}
# link prints the VPN's: openvpn takes the next name while the link before lingers.
link() { pc ip -o -4 addr show to 10.99.0.0/24 | awk '{print $2; exit}'; }
opened_by() { [ "$(whose "$(address "n$RANDOM.example.com")")" = "$1" ]; }
office_is() { [ "$(address git.corp.example)" = "$1" ]; }
# resolves EVENT WANT-OPEN WANT-OFFICE WANT-ASKED-THERE prints what is asked in
# one state. The service looks at the network every two seconds.
# Until then the office's names are those of a network it does not know, and may
# not have private addresses (DNS rebinding); systemd-resolved keeps that for 10 s.
resolves() {
	local began=${EPOCHREALTIME/./}
	within 5 opened_by "$2" || true
	within 15 office_is "$3" || true
	row "$1: it is noticed after" "$(((${EPOCHREALTIME/./} - began) / 1000)) ms" ""
	is "$1: an open name is resolved by" "$2" "$(whose "$(address "n$RANDOM.example.com")")"
	is "$1: a name of the office" "$3" "$(address git.corp.example)"
	if [ "$hook/$2" = tun/vpn ]; then
		# Of two links that claim every name systemd-resolved asks both, and takes
		# the answer that comes first: nft is the better hook for this.
		row "$1: a closed name, by the C library" "$(whose "$(address "$(fresh)")"), by chance" ""
	else
		is "$1: a closed name, by the C library" filter "$(whose "$(address "$(fresh)")")"
		is "$1: a closed name, by dig" filter "$(who)"
	fi
	is "$1: a closed name, asked of the VPN's resolver" "$4" "$(who @10.99.0.1)"
}

# listening has the router write down what it is asked for, and secret NAME says
# whether that is among it.
listening() {
	router bash -c 'printf "address=/#/203.0.113.80\nlog-queries\nlog-facility=/run/asked.log\n" >/etc/dnsmasq-more.conf'
	anew
}
secret() { router grep -q "$1" /run/asked.log && echo asked || echo no; }
asks() { pc dig +short +time=5 +tries=1 "$1" A 2>&1 | tail -1 || true; }

# behind is what the router hears while everything goes through the VPN, and
# its resolver fails.
behind() {
	say "Behind a VPN that carries everything, $1"
	table "" "" ""
	is "an open name is resolved by" vpn "$(whose "$(asks one.example.com)")"
	is "the router is asked for it" no "$(secret one.example.com)"
	asks two.refused.example >/dev/null
	is "of what the VPN's resolver refuses to say, the router is asked" no "$(secret two.refused.example)"
	router bash -c 'kill -STOP $(cat /run/office.pid)'
	local name
	for name in three four five six; do asks $name.example.com >/dev/null; done
	sleep 6
	is "of names asked while the VPN's resolver hangs, the router is asked" no "$(secret '\(three\|four\|five\|six\).example.com')"
	is "meanwhile the hook" nft "$(hook)"
	is "a closed name" filter "$(who)"
	router bash -c 'kill -CONT $(cat /run/office.pid)'
	within 15 opened_by vpn || true
	is "it answers again: an open name is resolved by" vpn "$(whose "$(asks seven.example.com)")"
}

hooks=(nft tun)
[ -z "$short" ] || hooks=(nft)
for hook in "${hooks[@]}"; do
	say "A VPN, with the $hook hook"
	[ "$hook" = nft ] || { equipped "$hook"; pc systemctl restart lessonguard; within 10 answered filter || true; }
	table "" "" ""
	is "the hook" "$hook" "$(hook)"
	# Only nft catches what asks a resolver of its own.
	asked_there=filter
	[ "$hook" = nft ] || asked_there=vpn
	resolves "before" router 203.0.113.80 $asked_there
	connect ipv4.never-default no ipv4.dns-priority -50
	resolves "all through the VPN" vpn 10.99.0.7 $asked_there
	disconnect
	resolves "after it" router 203.0.113.80 $asked_there
	connect ipv4.never-default yes ipv4.dns-priority 50 ipv4.dns-search corp.example
	resolves "the office's names through the VPN" router 10.99.0.7 $asked_there
	if [ "$hook" = nft ]; then
		echo "$guardian_pin" | pc lessonguardd resolvers 198.51.100.53 >/dev/null 2>&1
		sleep 3 # until the service has looked
		pc resolvectl flush-caches
		within 15 office_is 10.99.0.7 || true
		is "the same, with a resolver of the guardian's own: a name of the office" 10.99.0.7 "$(address git.corp.example)"
		echo "$guardian_pin" | pc lessonguardd resolvers own >/dev/null
	fi
	disconnect
	resolves "after that" router 203.0.113.80 $asked_there
	[ "$hook" = nft ] || continue
	listening
	connect ipv4.never-default no ipv4.dns-priority -50 ipv4.dns-search ""
	within 5 opened_by vpn || true
	behind "whose resolver is the only one"
	# As wg-quick does: the router's resolver stays beside it.
	pc resolvectl dns eth0 192.168.77.1
	pc resolvectl default-route eth0 yes
	pc resolvectl domain "$(link)" '~.'
	within 5 pc grep -q 192.168.77.1 /run/systemd/resolve/resolv.conf
	sleep 3 # until the service has looked
	router truncate -s 0 /run/asked.log
	behind "beside the router's resolver"
	disconnect
	pc nmcli -w 8 con up home >/dev/null
	resolver home
done
