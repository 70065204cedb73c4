#!/usr/bin/env bash
# What a learner without an administrator's rights can try against the filter. Each
# is refused, or what they ask is filtered all the same, or it is a way that
# Lessonguard does not cover and says so.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

boot
installed
within 20 answered filter
sleep 4 # until the hook has settled
closed=tried.closed.example.org
seconds=$(full 10 3)

# try WHAT WANT COMMAND... runs a command as the learner, and says what came of
# it: "refused" if it fails and everything is filtered as before, "filtered" if it
# succeeds and everything is, "not covered" if the closed name is had by it.
# Commands print the address that they got, if they ask for one.
n=0
try() {
	local what=$1 want=$2 said rc=0 got
	shift 2
	n=$((n + 1))
	# Into a file: what they leave running would hold a pipe open.
	learner timeout -k 1 30 "$@" >"$work/said" 2>&1 </dev/null || rc=$?
	said=$(<"$work/said")
	pc pkill -KILL -u learner || true
	if [[ $said == *203.0.113.80* ]]; then
		got="not covered"
	elif [ $rc != 0 ]; then
		got=refused
	else
		got=filtered
	fi
	# And nothing is left of it.
	[ "$(learner_who)" = filter ] || got="off: the learner's questions are answered by the $(learner_who)"
	[ "$(who @198.51.100.53)" = filter ] || got="off: questions are answered by $(who @198.51.100.53)"
	[ "$(pc systemctl is-active lessonguard)" = active ] || got="off: the service does not run"
	if [ "$got" = "$want" ]; then
		row $n "$what" "$got" ok
	else
		row $n "$what" "$got" "**FAIL: want $want**"
		failed=$((failed + 1))
		echo "$what: $said" >&2
	fi
}
script() { try "$1" "$2" bash -c "$3"; }

ask="dig +short +time=2 +tries=1 $closed"
link=$(pc ip -o -4 route get 192.168.77.1 | grep -o 'dev [a-z0-9]*' | cut -d' ' -f2)
nft_pid=$(pc pgrep -x nft | head -1 || true)
holder_pid=$(pc bash -c 'ps -o pid= --ppid $(systemctl show -P MainPID lessonguard)' | head -1 | tr -d ' ' || true)

say "A learner's ways"
table "" "what the learner does" "what comes of it" ""
# The service and its hook.
try "systemctl stop" refused systemctl --no-ask-password stop lessonguard
try "systemctl disable, mask" refused systemctl --no-ask-password disable lessonguard
try "kill -9 of the service" refused kill -9 "$(main_pid)"
try "kill -9 of its holder" refused kill -9 "${holder_pid:-1}"
try "kill -9 of the nft that it runs" refused kill -9 "${nft_pid:-1}"
try "nft delete table" refused /usr/sbin/nft delete table inet lessonguard
try "nft flush ruleset" refused /usr/sbin/nft flush ruleset
script "nft in a user namespace" filtered "unshare -Ur /usr/sbin/nft flush ruleset; $ask"
try "starting a second service in its place" refused lessonguardd run --state /tmp --listen 127.0.0.1:53
try "lessonguardd restore" refused lessonguardd restore --state /var/lib/lessonguard
try "lessonguardd uninstall" refused lessonguardd uninstall
# The network.
try "resolvectl dns LINK" refused resolvectl dns "$link" 198.51.100.53
try "resolvectl domain, per-link DNS for one name" refused resolvectl domain "$link" "~example.org"
try "resolvectl revert" refused resolvectl revert "$link"
try "nmcli connection modify" refused nmcli connection modify home ipv4.dns 198.51.100.53
try "nmcli networking off" refused nmcli networking off
try "nmcli: a connection of their own" refused nmcli connection add type dummy ifname d0 ipv4.method manual ipv4.addresses 10.1.1.1/24 ipv4.dns 198.51.100.53
try "ip link set down" refused ip link set "$link" down
try "ip addr add" refused ip addr add 10.0.0.9/24 dev "$link"
try "ip route add" refused ip route add 203.0.113.0/24 via 192.168.77.1
# Files.
script "writing /etc/hosts" refused "echo 203.0.113.80 $closed >>/etc/hosts"
script "writing /etc/resolv.conf" refused "echo nameserver 198.51.100.53 >/etc/resolv.conf"
script "reading and writing the service's state" refused "cat /var/lib/lessonguard/policy.json || echo '{}' >/var/lib/lessonguard/policy.json"
script "replacing the program" refused "cp /bin/true \$(systemctl show -P ExecStart lessonguard | grep -o 'path=[^ ;]*' | cut -d= -f2)"
# The control socket.
socket=/run/lessonguard/control.sock
api="curl -sf -m 5 --unix-socket $socket"
host=$(grep -o 'host *= *"[^"]*"' "$here/../../filter/control/"*.go | head -1 | cut -d'"' -f2)
version=$(grep -o '"/v[0-9]*/' "$here/../../filter/control/"*.go | head -1 | tr -d '"' | cut -d: -f2)
script "the control socket: a policy, without the PIN" refused "$api -X PUT -d '{}' http://$host${version}policy"
script "the control socket: a household, without the PIN" refused "$api -X PUT -d '{}' http://$host${version}household"
script "lessonguardd lesson off, without the PIN" refused "lessonguardd lesson off </dev/null"
script "guessing the PIN until it is locked" refused "for pin in 000000 111111 123456 654321 121212 010203 112233 482914 482916; do
	echo \$pin | lessonguardd audit >/dev/null 2>>/tmp/guesses && exit 0; done; grep -qi 'too many' /tmp/guesses && exit 1 || exit 0"
script "the right PIN while it is locked" refused "echo $guardian_pin | lessonguardd audit"
try "setting the clock" refused timedatectl --no-ask-password set-time 2030-01-01
try "date --set" refused date --set 2030-01-01
# Asking somebody else.
try "a resolver of their own, by UDP" filtered dig +short +time=2 +tries=1 @198.51.100.53 $closed
try "by TCP" filtered dig +short +tcp +time=2 +tries=1 @198.51.100.53 $closed
try "by IPv6" filtered dig +short +time=2 +tries=1 @2001:db8:53::53 $closed
try "the router itself" filtered dig +short +time=2 +tries=1 @192.168.77.1 $closed
script "a resolver of their own process, on loopback" filtered "socat UDP4-LISTEN:5300,fork UDP4:198.51.100.53:53 & sleep 0.5
	dig +short +time=2 +tries=1 -p 5300 @127.0.0.1 $closed"
try "DNS over TLS" refused dig +short +tls +time=2 +tries=1 @198.51.100.53 $closed
script "DNS over HTTPS of a listed provider, by its name" refused "a=\$(getent ahostsv4 cloudflare-dns.com | awk '{print \$1; exit}'); [ \"\$a\" != 0.0.0.0 ] && dig +short +https +time=2 +tries=1 @\$a $closed"
try "DNS over HTTPS of a listed provider, by its address" refused dig +short +https +time=2 +tries=1 @1.1.1.1 $closed
try "by its IPv6 address" refused dig +short +https +time=2 +tries=1 @2606:4700:4700::1111 $closed
try "DNS over HTTPS of nobody's list" "not covered" dig +short +https +time=2 +tries=1 @203.0.113.53 $closed
try "DNS on another port" "not covered" dig +short +time=2 +tries=1 -p 1053 @192.168.77.1 $closed
# Their own view of the PC.
script "a user namespace with a network of its own" refused "unshare -Urn dig +short +time=1 +tries=1 @198.51.100.53 $closed"
script "that, with slirp4netns" filtered "unshare -Urn sleep 15 & sleep 1; slirp4netns --configure --mtu=1500 \$! tap0 >/dev/null 2>&1 & sleep 2
	nsenter -t \$(pgrep -u learner -x sleep | head -1) -U -n --preserve-credentials dig +short +time=2 +tries=1 @198.51.100.53 $closed"
script "a mount namespace with a resolv.conf of its own" filtered "echo nameserver 198.51.100.53 >/tmp/rc; unshare -Urm bash -c 'mount --bind /tmp/rc \$(readlink -f /etc/resolv.conf); getent -s dns ahostsv4 $closed'"
script "with a hosts file of its own" "not covered" "echo 203.0.113.80 $closed >/tmp/hosts; unshare -Urm bash -c 'mount --bind /tmp/hosts /etc/hosts; getent ahostsv4 $closed'"
script "RES_OPTIONS, LOCALDOMAIN" filtered "RES_OPTIONS='use-vc timeout:1' LOCALDOMAIN=example.com getent -s dns ahostsv4 $closed."
script "HOSTALIASES" filtered "echo alias $closed >/tmp/aliases; HOSTALIASES=/tmp/aliases getent -s dns ahostsv4 alias"
script "LD_PRELOAD with a resolv.conf of its own" filtered "echo nameserver 198.51.100.53 >/tmp/rc; LD_PRELOAD=libresolv_wrapper.so RESOLV_WRAPPER_CONF=/tmp/rc getent -s dns ahostsv4 $closed"
script "LD_PRELOAD with a hosts file of its own" "not covered" "echo 203.0.113.80 $closed >/tmp/hosts; LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_HOSTS=/tmp/hosts getent ahostsv4 $closed"
try "mDNS and LLMNR for a closed name" refused resolvectl query --protocol=mdns --protocol=llmnr $closed
try "resolvectl query" filtered resolvectl query $closed
# Weight.
script "a flood: 3000 questions a second" filtered "load --rate 1500 --for ${seconds}s --tries 1 & load --rate 1500 --for ${seconds}s --tries 1 --server 127.0.0.53:53; wait"
script "a flood of the control socket" filtered "for i in \$(seq 20); do (end=\$((SECONDS + $seconds)); while [ \$SECONDS -lt \$end ]; do $api http://$host${version}status >/dev/null; done) & done; wait"
script "a dead resolver, asked without end" filtered "load --server 192.0.2.53:53 --rate 200 --for ${seconds}s --tries 1"
script "64 connections that say nothing" filtered "for i in \$(seq 64); do (exec 3<>/dev/tcp/127.0.0.1/53; sleep $seconds) & done; wait"

say "After all of it"
table "" "" ""
is "the hook" nft "$(hook)"
is "how often the service was started" 0 "$(pc systemctl show -P NRestarts lessonguard)"
is "the service lets go" no "$(pc journalctl -u lessonguard -o cat --no-pager | grep -qi 'let go' && echo yes || echo no)"
row "an administrator sets the clock" "not tried: the clock is also that of the machine the lab runs on" ""
