# An index of the commands. What they do stands in scripts/ and in the programs themselves.
.DEFAULT_GOAL := help
.PHONY: help run test torture mutants import bench fmt doc

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

run: ## Install what is missing, build, and serve on the embedded Postgres
	@scripts/run

test: ## Install what is missing and run every check
	@scripts/test

torture: ## Run the long forms of the tests: over 1,000 kills and races
	@scripts/torture

mutants: ## See whether the tests notice changed code: make mutants [BASE=COMMIT] [SAMPLE=100] [SEED=N]
	@BASE="$(BASE)" SAMPLE="$(SAMPLE)" SEED="$(SEED)" scripts/mutants

import: ## Import hotel bookings: make import FILE=hotel_bookings.csv
	@scripts/import "$(FILE)"

bench: ## Measure beside the peers: make bench [QUICK=1] [ONLY=W1,W5]
	@QUICK="$(QUICK)" ONLY="$(ONLY)" scripts/bench

fmt: ## Format the code
	@cargo fmt --all

doc: ## Build the documentation of the code and open it
	@cargo doc --no-deps --open
