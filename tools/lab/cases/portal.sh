#!/usr/bin/env bash
# A hotel's network: its router answers for every name with itself, until somebody
# signs in.
. "$(dirname "$(readlink -f "$0")")/../house.sh"

resolver_of() { pc dig +short +time=2 +tries=1 "$1" A "${@:2}" | tail -1; }

boot
installed
within 20 answered filter
resolver portal
pc nmcli -w 8 con up home >/dev/null
pc resolvectl flush-caches

say "A sign-in page"
table "" "" ""
for probe in connectivitycheck.gstatic.com detectportal.firefox.com captive.apple.com www.msftconnecttest.com nmcheck.gnome.org; do
	is "$probe, by which programs find the page" portal "$(whose "$(address $probe)")"
done
is "the page itself" "THE PAGE OF connectivitycheck.gstatic.com" "$(pc curl -s -m 20 http://connectivitycheck.gstatic.com/ | grep -o 'THE PAGE.*')"
is "the page by the router's address" "THE PAGE OF 192.168.77.1" "$(pc curl -s -m 20 http://192.168.77.1/ | grep -o 'THE PAGE.*')"
# A public name with an address of the home is refused, as it may be an attack; the
# page is found by the names above.
row "a site, while nobody has signed in" "$(whose "$(address www.example.com)")" ""
is "a closed name" filter "$(who)"
# The hotel says that its answers hold for five minutes; ours hold for half a one.
left=$(pc dig +noall +answer connectivitycheck.gstatic.com A | awk '{print $2; exit}')
is "how long the page's address is kept, at most 30 s" yes "$([ "${left:-0}" -le 30 ] && echo yes || echo "$left s")"
began=$SECONDS
resolver home
within 60 pc bash -c 'for name in www.example.com connectivitycheck.gstatic.com; do
	[ "$(getent ahostsv4 $name | cut -d" " -f1 | head -1)" = 203.0.113.80 ] || exit 1; done' || true
took=$((SECONDS - began))
is "once somebody has signed in, the site" router "$(whose "$(address www.example.com)")"
# The half minute, and what a busy PC takes to ask and to look.
is "after, at most 35 s" yes "$([ $took -le 35 ] && echo yes || echo "no: $took s")"
row "which took" "$took s" ""
for probe in connectivitycheck.gstatic.com detectportal.firefox.com; do
	is "$probe" router "$(whose "$(address $probe)")"
done
is "a name that nobody asked for before" router "$(whose "$(address n$RANDOM.example.com)")"
is "a closed name" filter "$(who)"
