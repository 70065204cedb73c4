# Sourced by scripts that check a whole PC: how they say what they saw.

failed=0

say() { printf '\n== %s\n' "$*"; }

# is WHAT WANT GOT
is() {
	if [ "$2" = "$3" ]; then
		echo "   ok  $1: $3"
	else
		echo " FAIL  $1: got $3, want $2"
		failed=$((failed + 1))
	fi
}

# within SECONDS COMMAND: it succeeds in time
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}
