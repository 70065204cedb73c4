# Lessonguard. Two targets matter: `make run` and `make test`.

# One set of build flags everywhere: another set would rebuild nearly everything.
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.1.0-dev)
LDFLAGS  := -X main.version=$(VERSION)
BIN      := bin
PROGRAMS := $(BIN)/lessonguard $(BIN)/lessonguardd $(BIN)/lessonguard-platform
LINT     := $(BIN)/golangci-lint

.PHONY: run test build check-layers lint vet unit race walk goldens soak bench test-system clean FORCE

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
packages-build packages-run packages-test: packages-%:
	@tools/packages.sh $*

# Runs the repeated tests in full; see docs/.
soak:
	@tools/test.sh soak

# Tries the hooks on a whole PC, with systemd and a router, in namespaces. Needs
# root; a machine without is skipped by name.
test-system:
	@tools/lab/test.sh

# Measures the filter against its targets and beside unbound and dnsmasq, in
# about three minutes; ROUNDS=5 SECS=10 for longer, BENCH=DIR to keep the data.
bench: $(BIN)/lessonguardd
	@python3 tools/bench/bench.py

clean:
	rm -rf $(BIN) .run
