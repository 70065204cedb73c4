# Lessonguard. Two targets matter: `make run` and `make test`.

# One set of build flags everywhere: another set would rebuild nearly everything.
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.1.0-dev)
LDFLAGS  := -X main.version=$(VERSION)
BIN      := bin
PROGRAMS := $(BIN)/lessonguard $(BIN)/lessonguardd $(BIN)/lessonguard-platform
LINT     := $(BIN)/golangci-lint

.PHONY: run test build check-layers lint vet unit race walk goldens soak fuzz bench report-overblocking test-system package package-windows test-package test-windows clean FORCE

# Starts the filter, the platform and the app, with all state under .run/.
#   make run ARGS=--check   walks the main job by itself and exits 0 or 1
#   make run LISTS=DIR      loads real blocklists, a folder for each category
run: packages-run build
	@go run ./tools/run --lists "$(LISTS)" $(ARGS)

# Everything that must hold: see tools/test.sh.
test: packages-test build $(LINT)
	@tools/test.sh

build: packages-build $(PROGRAMS)

# A program is replaced only if it has changed, so that what was tested with it
# need not be tested again.
replace = { cmp -s $@.new $@ && rm $@.new; } || mv $@.new $@

$(BIN)/lessonguard: FORCE
	@go build -ldflags "$(LDFLAGS)" -tags migrated_fynedo -o $@.new . && $(replace)
$(BIN)/lessonguardd: FORCE
	@CGO_ENABLED=0 go build -ldflags "$(LDFLAGS)" -o $@.new ./filter/lessonguardd && $(replace)
$(BIN)/lessonguard-platform: FORCE
	@CGO_ENABLED=0 go build -ldflags "$(LDFLAGS)" -o $@.new ./resources/lessonguard-platform && $(replace)

$(LINT): tools/tools.mod tools/tools.sum
	@go build -modfile=tools/tools.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

# System packages: installed where we may, else named.
packages-build packages-run packages-test packages-windows packages-wine: packages-%:
	@tools/packages.sh $*

# Runs the filter under load for HOURS (else 20 minutes) and writes docs/soak.md,
# and then the repeated tests in full.
soak: $(BIN)/lessonguardd
	@go run ./tools/soak -for "$(if $(HOURS),$(HOURS)h,20m)" -lists "$(LISTS)"
	@tools/test.sh soak

# Fuzzes each parser for two minutes and the packet's path for five, and writes
# docs/fuzz.md: forty minutes. make test does a part of it.
fuzz:
	@tools/fuzz.sh full

# Tries the hooks on a whole PC, with systemd and a router, in namespaces. Needs
# root; a machine without is skipped by name.
test-system:
	@tools/lab/test.sh

# Measures the filter against its targets and beside unbound and dnsmasq, in
# about three minutes; ROUNDS=5 SECS=10 for longer, BENCH=DIR to keep the data.
bench: $(BIN)/lessonguardd
	@python3 tools/bench/bench.py

# Both sides of the filter on real lists, LISTS=DIR: what it blocks in a lesson
# that must stay reachable (none may be), and how much of what two lists agree on
# it blocks (95 in a hundred at least). Fails where either does not hold.
report-overblocking:
	@test -d "$(LISTS)" || { echo "make report-overblocking LISTS=DIR: a folder for each category, and _allow and _popularity beside them"; exit 2; }
	@report=$$(LESSONGUARD_LISTS="$(abspath $(LISTS))" go test -count=1 -run 'TestOverblocking$$' -v ./filter/index); failed=$$?; \
	echo "$$report" | sed -n -e 's/^.*_test.go:[0-9]*: //' -e '/^=== RUN/d; /^PASS$$/d; /^--- PASS/d; /^ok/d; s/^        //; p'; exit $$failed

# The packages for Debian and Fedora and their like, in dist/; VERSION=1.2.3 in
# the place of what git says. See packaging/README.md.
package: packages-build
	@packaging/package.sh deb rpm

# The installer for Windows, cross-built.
package-windows: packages-windows
	@packaging/package.sh windows

# Installs, upgrades, removes and purges the Debian package on a whole PC, in
# namespaces. Needs root; a machine without is skipped by name.
test-package: package
	@tools/lab/deb.sh

# Installs, upgrades and removes the installer for Windows under Wine.
test-windows: packages-wine package-windows
	@packaging/windows/try.sh

clean:
	rm -rf $(BIN) dist .run
