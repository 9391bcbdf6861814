# SPDX-License-Identifier: Apache-2.0
# Every target is a script in Scripts/: run those by hand if there is no make.

.PHONY: help build demo test check bench format docs clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1|/' | awk -F "|" '{ printf "%-14s %s\n", $$1, $$2 }'

build: ## the release build: .build/release/ogive
	@Scripts/setup
	swift build -c release --product ogive

demo: ## install what is missing, build, measure a real pair, say which file to open
	@Scripts/demo

test: ## install what is missing and run every check (what CI runs)
	@Scripts/setup
	@Scripts/setup --slurm --browser --qgis || echo "the tests of what is named above are skipped" >&2
	@Scripts/check

check: ## every check, nothing installed
	@Scripts/check

bench: ## time, memory and error together, beside the peers that pip can install
	@Scripts/setup --bench
	@Scripts/bench

format: ## put all sources in the project's format
	swift format -i -r Sources Tests Benchmarks Package.swift

docs: ## write docs/reference/ from the declared parameters
	@Scripts/setup
	swift build -c release --product ogive
	.build/release/ogive reference --out docs/reference

clean: ## remove build products and the demo's output
	rm -rf .build demo
