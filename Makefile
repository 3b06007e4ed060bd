# make test    what every change needs: go vet and all tests, also of the store on DynamoDB and of
#               the stack as it is deployed
# make e2e     the store on DynamoDB, and the acceptance tests on the stack as it is deployed
# make e2e-localstack  the same on LocalStack, which takes Docker and a licence
# make deploy  the stack on AWS, see docs/deploy.md
# make check   what a merge needs: formatting, lint, race, house, tidy, clean tree, vulnerabilities
# make bench   how fast it is
# make contract whether a running server keeps to its description
# make screenshots  every page of the console, into .bin/screenshots, and docs/console.png
# make build   the one binary, .bin/slipway
# make tools   the pinned tools that check uses, into .bin

SHELL         := /bin/bash
.SHELLFLAGS   := -euo pipefail -c
.DEFAULT_GOAL := test

bin   := $(CURDIR)/.bin
count := $(bin)/testcount

# Starts the emulators of AWS beside a command. What this machine cannot start is
# left out with a line that says so; emulate_flags=-need makes that a failure.
emulate       := $(bin)/emulate
emulate_flags ?=

# The console's tests drive a browser, and npm brings them axe-core. They are left
# out alike where there is none; browser=need makes that a failure.
browser ?=
export SLIPWAY_NEED_BROWSER := $(browser)

golangci_version    := v2.15.0
gofumpt_version     := v0.12.0
govulncheck_version := v1.9.0

golangci    := $(bin)/installed/golangci-lint-$(golangci_version)
gofumpt     := $(bin)/installed/gofumpt-$(gofumpt_version)
govulncheck := $(bin)/installed/govulncheck-$(govulncheck_version)

.PHONY: test e2e e2e-localstack deploy check format lint vet race house tidy clean-tree vulnerabilities bench contract screenshots build tools clean

test: vet $(count) $(emulate)
	$(emulate) -stack $(emulate_flags) go test -json ./... | $(count)

e2e: $(count) $(emulate)
	$(emulate) -stack $(emulate_flags) go test -json ./internal/dynamo ./internal/acceptance | $(count)

e2e-localstack: $(count) $(emulate)
	trap 'docker compose -f infra/localstack/compose.yaml down' EXIT; \
	docker compose -f infra/localstack/compose.yaml up --wait; \
	AWS_ENDPOINT_URL=http://127.0.0.1:4566 $(emulate) -at localstack go test -json ./internal/acceptance | $(count)

# sam_flags go to both steps, deploy_flags to the second.
sam_flags    ?=
deploy_flags ?=

deploy:
	CGO_ENABLED=0 GOFLAGS="-tags=lambda.norpc '-ldflags=-s -w'" sam build $(sam_flags)
	sam deploy $(sam_flags) $(deploy_flags)

# In this order: what is cheap fails first.
check:
	@for step in format tidy house lint vet race vulnerabilities clean-tree; do \
		echo "== $$step"; $(MAKE) --no-print-directory $$step; \
	done

vet:
	go vet ./...

format: $(gofumpt)
	@left="$$($(bin)/gofumpt -l .)"; \
	if [ -n "$$left" ]; then echo "gofumpt would change:"; echo "$$left"; exit 1; fi

lint: $(golangci)
	$(bin)/golangci-lint run ./...

race: $(count) $(emulate)
	$(emulate) $(emulate_flags) go test -race -json ./... | $(count)

house:
	go test ./internal/house/...

tidy:
	go mod tidy -diff

clean-tree:
	@left="$$(git status --porcelain)"; \
	if [ -n "$$left" ]; then echo "the tree is not clean:"; echo "$$left"; exit 1; fi

# The database of vulnerabilities is on the network; without it there is
# nothing to compare with.
vulnerabilities: $(govulncheck)
	@if said="$$($(bin)/govulncheck ./... 2>&1)"; then echo "$$said"; \
	elif grep -q '^govulncheck: fetching vulnerabilities' <<<"$$said"; then \
		echo "govulncheck skipped: its database cannot be reached from here"; \
	else echo "$$said"; exit 1; fi

# A running server beside its description: a linter and a fuzzer.
contract:
	internal/api/contract/run.sh

# A table of ratios, not a test; docs/performance.md says what its rows mean.
bench:
	go run ./internal/bench

screenshots:
	go test ./internal/consoletest -run '^TestPictures$$' -count=1 -pictures $(bin)/screenshots

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o $(bin)/slipway ./cmd/slipway

tools: $(golangci) $(gofumpt) $(govulncheck)

clean:
	rm -rf $(bin)

$(count): $(wildcard internal/house/testcount/*.go)
	go build -o $@ ./internal/house/testcount

$(emulate): $(wildcard infra/emulators/*)
	go build -o $@ ./infra/emulators

$(golangci):
	GOBIN=$(bin) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(golangci_version)
	@mkdir -p $(@D) && touch $@

$(gofumpt):
	GOBIN=$(bin) go install mvdan.cc/gofumpt@$(gofumpt_version)
	@mkdir -p $(@D) && touch $@

$(govulncheck):
	GOBIN=$(bin) go install golang.org/x/vuln/cmd/govulncheck@$(govulncheck_version)
	@mkdir -p $(@D) && touch $@
