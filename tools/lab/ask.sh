#!/bin/bash
# Asks on the PC, as programs do, again and again for a time, and says how often
# it failed and how long it took at most. test.sh runs it there.
#   ask.sh SECONDS dig [@SERVER]     as "dig +tries=2 +timeout=1" does
#   ask.sh SECONDS getaddrinfo       as nearly every program does
now() { echo $((${EPOCHREALTIME/./} / 1000)); }
end=$((SECONDS + $1)) kind=$2 server=${3:-}
asked=0 failed=0 longest=0
while [ $SECONDS -lt $end ]; do
	asked=$((asked + 1)) began=$(now)
	case $kind in
	# Before the answer dig may say that the first try timed out. A closed name: the filter answers 0.0.0.0, the router 203.0.113.80.
	dig) answer=$(dig +tries=2 +timeout=1 +short $server "n$asked-$BASHPID.closed.example.org") && [[ $answer == *0.0.0.0 || $answer == *203.0.113.80 ]] ;;
	# A name that nobody has asked for yet, so that no cache answers it.
	getaddrinfo) answer=$(getent ahosts "n$asked-$BASHPID.example.com") ;;
	esac || { failed=$((failed + 1)) && echo "  failed: $answer" >&2; }
	took=$(($(now) - began))
	[ $took -le $longest ] || longest=$took
	sleep 0.02
done
echo "asked $asked, failed $failed, longest $longest ms"
