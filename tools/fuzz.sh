#!/usr/bin/env bash
# Fuzzes everything that reads what somebody else wrote, one target after the other.
# What is found is kept beside the test, in testdata/fuzz, and fails.
#   tools/fuzz.sh N         each N times, and the packet's path two and a half times as often
#   tools/fuzz.sh full      two minutes each, five for the packet's path, and writes docs/fuzz.md
# N times, and not so many seconds: a busy machine then does the same work.
set -euo pipefail
cd "$(dirname "$0")/.."
many=${1:?see its first lines}

# targets prints each with its package.
targets() { grep -rn --include='*_test.go' -o '^func Fuzz[A-Za-z]*' . | sed -E 's/^(.*)\/[^/]*:[0-9]+:func (.*)/\1 \2/' | sort; }

# how long TARGET takes, as go test has it.
long() {
	case $many/$1 in
	full/FuzzPacket) echo 5m ;;
	full/*) echo 2m ;;
	*/FuzzPacket) echo $((many * 5 / 2))x ;;
	*) echo ${many}x ;;
	esac
}

report=$(mktemp)
trap 'rm -f "$report" "$report.out"' EXIT
while read -r package target; do
	if ! CGO_ENABLED=0 go test -run '^$' -fuzz "^$target\$" -fuzztime "$(long "$target")" -parallel 2 "$package" >"$report.out" 2>&1; then
		cat "$report.out"
		echo "fuzzing found something: $package $target" >&2
		exit 1
	fi
	last=$(grep -o 'execs: [0-9]*' "$report.out" | tail -1)
	echo "| ${package#./} | $target | $(long "$target") | ${last#execs: } |" | tee -a "$report"
done < <(targets)

if [ "$many" = full ]; then
	{
		echo "# Fuzzing"
		echo
		echo "Written by \`make fuzz\` at $(git describe --always --dirty), $(date +'%-d %B %Y'), with $(go env GOVERSION) and two workers. No target found anything."
		echo
		echo "| package | target | for | inputs |"
		echo "|---|---|---|---:|"
		cat "$report"
	} >docs/fuzz.md
fi
