# What a developer runs. `make` alone lists the targets.

# Installing test servers needs root; everything else runs as you.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VERSION ?=
FUZZTIME ?= 30s
# Documents of fuzz-browser and requests of fuzz-rules, and which.
DOCS ?= 1000000
REQUESTS ?= 1000000
SEED ?= 1
# Packages where requests, reloads and the writer of the audit trail meet.
RACE ?= ./audit/... ./clean/... ./policies/... ./proxy/... ./rules/...

# No package needs cgo. Saying so everywhere lets builds and tests share one cache.
export CGO_ENABLED = 0

.DEFAULT_GOAL := help
.PHONY: help build demo test false-alarms test-tools vet race fuzz fuzz-browser fuzz-rules soak bench lint clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the static binary, bin/lachan (VERSION=v1.2.3 stamps a release)
	go build -trimpath -ldflags "-s -w -X main.release=$(VERSION)" -o bin/lachan ./cmd/lachan

demo: build ## an infected portal behind the proxy on this machine (ARGS=--once: try everything and exit)
	bin/lachan demo $(ARGS)

# -count=1: many tests build and run the binary, which Go's test cache cannot see.
test: vet test-tools ## every test, after installing the real servers they use
	go test -count=1 -timeout 20m ./...

false-alarms: ## 20,000 harmless requests, and the attacks: how many are blocked
	LACHAN_REQUESTS=20000 go test -count=1 -timeout 20m -v ./rules -run '^(TestFalseAlarms|TestDetectionStays|TestAttacks)$$'

test-tools: ## install the servers and programs the tests use (apt; idempotent)
	@for script in examples/*/install*.sh cmd/*/install*.sh clean/*/install*.sh; do $(SUDO) sh "$$script" || exit 1; done

vet: ## gofmt and go vet
	@unformatted=$$(gofmt -l $$(go list -f '{{.Dir}}' ./...)); \
		if [ -n "$$unformatted" ]; then echo "not gofmt-ed:" $$unformatted >&2; exit 1; fi
	go vet ./...

race: ## tests with the race detector where it matters (needs a C compiler)
	CGO_ENABLED=1 go test -race -timeout 20m $(RACE)

# Twice, because go test also fails where its time ends while it shortens an
# input ("context deadline exceeded"). A real finding is kept in testdata/fuzz,
# and fails the second run at once.
fuzz: ## every fuzz target for FUZZTIME (30s) each, to the last
	@failed=; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' "$$package" | grep '^Fuzz'); do \
			echo "== $$package $$target"; \
			set -- -run "^$$target\$$" -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package"; \
			go test "$$@" || go test "$$@" || failed="$$failed $$target"; \
		done; \
	done; if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

fuzz-browser: ## the cleaner against Chromium: DOCS generated documents of SEED
	$(SUDO) sh clean/browser/install.sh
	go test -count=1 -timeout 0 -v ./clean/browser -run '^TestDifferential$$' -docs $(DOCS) -seed $(SEED)

fuzz-rules: ## the rules with their screening against coraza alone: REQUESTS of SEED
	go test -count=1 -timeout 0 -v ./rules -run '^TestScreeningOfMutations$$' -mutations $(REQUESTS) -mutations.seed $(SEED)

soak: ## pages of 10 GB, in the cleaner and through the proxy (half an hour)
	LACHAN_SOAK=1 go test -count=1 -timeout 3h -run Endless ./clean ./proxy

bench: ## beside nginx, ModSecurity and other readers of HTML; with 500 sites (ARGS=-quick)
	bench/run.sh $(ARGS)

lint: ## golangci-lint, as .golangci.yml says
	$(GOLANGCI) run ./...

clean: ## remove what was built
	rm -rf bin
