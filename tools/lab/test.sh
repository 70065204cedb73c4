#!/usr/bin/env bash
# Tries the service on a family's PC, of which each case boots one of its own (see
# lab.sh), and prints what it measures. Needs root; everything happens in
# namespaces, which end with it.
#   tools/lab/test.sh            all cases, in about a quarter of an hour
#   tools/lab/test.sh CASE...    only these, of cases/
# LESSONGUARD_LAB_SHORT=yes repeats a tenth as often, and leaves out the browsers. A
# case that fails beside others is then tried once more by itself, for a machine
# that has other work; both are printed. The full run gives no second chance.
# LESSONGUARD_LAB_JOBS=4 is how many PCs run at a time: most of the time they wait.
# LESSONGUARD_LAB_REPORT=FILE writes what is printed to a file, as docs/lab.md.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
lab=$here/lab.sh
short=${LESSONGUARD_LAB_SHORT:-}
export LESSONGUARD_LAB_NAME=test-$$

why=$("$lab" check) || { echo "SKIPPED: the tests on a whole PC: $why"; exit 0; }

cases=("$@")
if [ ${#cases[@]} = 0 ]; then
	# The longest first: they run beside each other.
	cases=(kills days learner upstream vpn restore watching routers unit copy portal hook lessons checkup)
	[ -n "$short" ] || cases=(browsers "${cases[@]}")
fi
for case in "${cases[@]}"; do
	[ -f "$here/cases/$case.sh" ] || { echo "there is no case $case: see $here/cases" >&2; exit 2; }
done

programs=$(mktemp -d)
export LESSONGUARD_LAB_PROGRAMS=$programs
# Each case ends its own lab; one that was killed leaves it to us.
finish() {
	local case
	for case in "${cases[@]}"; do LESSONGUARD_LAB_NAME=$LESSONGUARD_LAB_NAME-$case "$lab" down || true; done
	rm -rf "$programs"
}
trap finish EXIT
trap 'exit 1' INT TERM
for program in filter/lessonguardd tools/lab/load tools/lab/internet; do
	(cd "$root" && CGO_ENABLED=0 go build -o "$programs/${program##*/}" "./$program")
done

commit=$(git -C "$root" describe --always --dirty)
{
	echo "# The service on a whole PC"
	echo
	echo "Written by \`make test-system\`${short:+ (short)} at $commit, on $(uname -sr) with $(nproc) processors. Each part boots"
	echo "Debian 12 with systemd, NetworkManager, systemd-resolved and a router in namespaces, and installs the service as a guardian"
	echo "does; see tools/lab. Who answers is told by a closed name: the filter says 0.0.0.0 and everybody else an"
	echo "address. The last column says whether it is as it must be; where it is empty the row is for information."
} >"$programs/report"

# try runs a case, and prints what it says when it has ended.
try() {
	local case=$1 began=$SECONDS how=FAILED
	if timeout --foreground --kill-after=20 1800 "$here/cases/$case.sh" >"$programs/$case.said" 2>"$programs/$case.errors"; then
		how=passed
		: >"$programs/$case.passed"
	fi
	(
		flock 9
		printf '\n== %s %s, in %d s\n' "$case" $how $((SECONDS - began))
		cat "$programs/$case.said"
		[ $how = passed ] || cat "$programs/$case.errors"
	) 9>"$programs/printing"
}
running=()
for case in "${cases[@]}"; do
	while
		for i in "${!running[@]}"; do kill -0 "${running[i]}" 2>/dev/null || unset "running[i]"; done
		[ ${#running[@]} -ge "${LESSONGUARD_LAB_JOBS:-4}" ]
	do sleep 0.2; done
	try "$case" &
	running+=($!)
done
wait
again=()
if [ -n "$short" ]; then
	for case in "${cases[@]}"; do
		[ ! -e "$programs/$case.passed" ] || continue
		LESSONGUARD_LAB_NAME=$LESSONGUARD_LAB_NAME-$case "$lab" down || true
		again+=("$case")
		try "$case"
	done
fi

failed=()
for case in "${cases[@]}"; do
	cat "$programs/$case.said" >>"$programs/report"
	[ -e "$programs/$case.passed" ] || failed+=("$case")
done
if [ -n "${LESSONGUARD_LAB_REPORT:-}" ]; then cp "$programs/report" "$LESSONGUARD_LAB_REPORT"; fi
if [ ${#failed[@]} != 0 ]; then
	# Once more, where whoever reads only the end of a long output finds it.
	for case in "${failed[@]}"; do
		printf '\n== %s FAILED\n' "$case"
		grep -F FAIL: "$programs/$case.said" || true
		tail -n 60 "$programs/$case.errors"
	done
	echo "failed, after $SECONDS s: ${failed[*]}"
	exit 1
fi
echo "every case passed, in $SECONDS s${again:+, of which by itself, after it failed beside others: ${again[*]}}"
