SHELL := /bin/bash
PYTHON := .venv/bin/python
MACHINE := deploy/machine/install.sh
REQUIREMENTS := lib/requirements.txt $(wildcard functions/*/requirements.txt) requirements-local.txt requirements-test.txt
ROLE ?= admin
SUB ?= admin-1
USERS ?= 50
SECONDS ?= 60
TO ?= var/backups

.DEFAULT_GOAL := help
.PHONY: help run test check bench compose-test load gallery render token migrate replay recompute backup restore release lock

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s  %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: ## The whole system on this machine; Ctrl-C stops it. DEMO=0 starts it empty
	@$(MACHINE) run
	@exec $(PYTHON) -m lib.local

test: check ## All checks and tests, on real servers. ARGS="-k telegram" for some
	@$(MACHINE) test
	@exec $(PYTHON) -m tests $(ARGS)

check: ## Format, lint, types, import directions, derived files
	@$(MACHINE) check
	@$(PYTHON) -m ruff format --check --quiet . || { echo "To format: .venv/bin/ruff format ."; exit 1; }
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) -m lib.stack check
	@$(PYTHON) -m lib.local.openapi check

bench: ## The benchmarks, a table and a JSON file in var/bench. ARGS="broadcast --recipients 900"
	@$(MACHINE) test
	@exec $(PYTHON) -m bench $(ARGS)

compose-test: ## The stack in containers, built, started and tried, as root on a Debian. ARGS="--keep"
	@$(MACHINE) check
	@exec $(PYTHON) -m tests.compose $(ARGS)

load: ## An ordinary hour of a school on the running system; it writes lessons and messages. USERS=50 SECONDS=60
	@$(MACHINE) test
	@mkdir -p var/load
	@$(PYTHON) -m locust -f tests/load/locustfile.py --headless --only-summary --users $(USERS) --spawn-rate 10 \
		--run-time $(SECONDS)s --html var/load/report.html && echo "The page of results: var/load/report.html"

gallery: ## Draws every chart and report into docs/gallery, to look at and to keep
	@$(MACHINE) test
	@exec $(PYTHON) -m tests.pictures $(ARGS)

render: ## Writes what derives from stack.yml
	@$(MACHINE) check
	@$(PYTHON) -m lib.stack render
	@$(PYTHON) -m lib.local.openapi write

token: ## Prints a token for local use. ROLE=tutor SUB=t-1
	@$(MACHINE) check
	@$(PYTHON) -m lib.runtime.token --role $(ROLE) --sub $(SUB)

migrate: ## Brings the database at DATABASE_URL to the present schema
	@$(MACHINE) check
	@$(PYTHON) -m lib.db.migrations

replay: ## Sends logs of CloudEvents into the running system. FILES="a.ndjson b.ndjson.gz"
	@$(MACHINE) check
	@$(PYTHON) -m lib.local.replay $(FILES)

recompute: ## Rebuilds every figure of the running system from its log and says whether they were the same
	@$(MACHINE) check
	@$(PYTHON) -m lib.local.recompute

backup: ## Database and stored files in one file. TO=var/backups KEEP=7; VERIFY=file.tar says whether one is whole
	@$(MACHINE) run
	@$(PYTHON) -m lib.local.backup $(if $(VERIFY),--verify $(VERIFY),--to $(TO) $(if $(KEEP),--keep $(KEEP)))

restore: ## Brings a backup into an empty database; nothing is sent until make release. FILE=var/backups/….tar
	@$(MACHINE) run
	@$(PYTHON) -m lib.local.restore $(or $(FILE),--help)

release: ## After a restore: shows what waits, and allows sending. ARGS="--show", "--send-all", "--lost-at TIME"
	@$(MACHINE) check
	@$(PYTHON) -m lib.local.release $(ARGS)

lock: ## Pins every Python package anew, keeping the versions that still fit
	@$(MACHINE) check
	@$(PYTHON) -m uv pip compile $(REQUIREMENTS) --quiet --python-version 3.11 \
		--no-header --no-annotate --no-emit-index-url --output-file requirements.lock
