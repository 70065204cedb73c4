#!/usr/bin/env bash
# Tries the service on a family's PC, of which each case boots one of its own (see
# lab.sh), and prints what it measures. Needs root; everything happens in
# namespaces, which end with it.
#   tools/lab/test.sh            all cases, in about a quarter of an hour
#   tools/lab/test.sh CASE...    only these, of cases/
# LESSONGUARD_LAB_SHORT=yes repeats a tenth as often, and leaves out the browsers.
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
	cases=(unit hook kills days vpn portal upstream lessons learner restore checkup)
	[ -n "$short" ] || cases+=(browsers)
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
# What LESSONGUARD_LAB_REPORT gets; the commands' own words stay on the terminal.
{
	echo "# The service on a whole PC"
	echo
	echo "Written by \`make test-system\`${short:+ (short)} at $commit, on $(uname -sr) with $(nproc) processors. Each part boots"
	echo "Debian 12 with systemd, NetworkManager and systemd-resolved in namespaces, and a router; see tools/lab."
} >"$programs/report"

failed=()
for case in "${cases[@]}"; do
	began=$SECONDS
	echo
	echo "== $case"
	if timeout --foreground --kill-after=20 900 "$here/cases/$case.sh" > >(tee -a "$programs/report"); then
		echo "== $case passed in $((SECONDS - began)) s"
	else
		echo "== $case FAILED after $((SECONDS - began)) s"
		failed+=("$case")
	fi
done

if [ -n "${LESSONGUARD_LAB_REPORT:-}" ]; then cp "$programs/report" "$LESSONGUARD_LAB_REPORT"; fi
[ ${#failed[@]} = 0 ] || { echo "failed, after $SECONDS s: ${failed[*]}"; exit 1; }
echo "every case passed, in $SECONDS s"
