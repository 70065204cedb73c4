#!/usr/bin/env bash
# Everything that must hold before a change lands. Each step says what it is,
# and how long it took; the first that fails ends the run.
#   tools/test.sh         all of it
#   tools/test.sh STEP…   only these: vet lint unit keyring kills fuzz race screens layers walk system soak
# What a machine cannot run is skipped by name. LESSONGUARD_LISTS=DIR adds the
# tests on real blocklists, one folder a category.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
	local name=$1 began=$SECONDS
	shift
	echo "== $name"
	"$@"
	echo "== $name passed in $((SECONDS - began)) s"
}

# The packages that open no window: they need no C compiler and no display.
plain=$(go list ./... | grep -v -e '^lessonguard$' -e '^lessonguard/app')

vet() {
	go vet ./...
	for os in windows darwin; do # the desktop needs a C compiler of that system, the tools Linux
		GOOS=$os CGO_ENABLED=0 go vet $(grep -v '^lessonguard/tools/' <<<"$plain")
	done
	bash -n tools/*.sh tools/*/*.sh tools/lab/cases/*.sh .ci/run
}

lint() { bin/golangci-lint run ./...; }

unit() { go test $plain; }

# The keyring of a real session, thrown away afterwards.
keyring() { tools/desktop/keyring.sh go test ./agreements/keys; }

race() { go test -race -short $plain; }

# The screens, drawn in memory and compared with their pictures.
screens() { CGO_ENABLED=0 go test -timeout 30m ./app/...; }

# Who imports whom. What go list says is not among what the test cache knows.
layers() { go test -count=1 -run 'Layers|Service' .; }

# The main job in the real window, and what else the root package tests.
walk() { go test -timeout 15m .; }

# Killed senders against a platform that fails, one tenth of the full figure.
kills() { LESSONGUARD_KILLS=200 go test -run Kill -timeout 15m ./resources/outbox; }

# make fuzz is the rest of it.
fuzz() { tools/fuzz.sh 5000; }

# The service on a whole PC, with a tenth of the repetitions; make test-system has
# all of them.
system() { LESSONGUARD_LAB_SHORT=yes tools/lab/test.sh; }

# The repeated tests in full.
soak() { go test -count=1 -run Kill -timeout 60m ./resources/outbox -kills 2000; }

steps=("$@")
[ ${#steps[@]} -gt 0 ] || steps=(vet lint unit keyring kills fuzz race screens layers walk system)
for s in "${steps[@]}"; do step "$s" "$s"; done
echo "all of it passed in $SECONDS s"
