# Everything a clone needs, in one place: `make help` lists it.
# A target does its own set-up; what is set up already costs nothing the second time.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The lock is complete, so pip need not resolve anything: quicker, and never another version.
LOCKED := $(PIP) install --no-deps --require-hashes
# The package's own entry point needs setuptools to be written; it is locked like the rest.
EDITABLE := $(PIP) install --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.PHONY: help setup demo test browser chaos mutants check format migrate bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.ready-dev ## Make .venv with everything for demo, tests and checks

demo: $(VENV)/.ready ## Live through six weeks of recovery in about a minute (ARGS="--exit" ends it)
	@$(BIN)/recovery demo $(ARGS)

test: $(VENV)/.ready-dev ## Run all tests (ARGS="tests/unit" for some of them)
	@$(BIN)/python -m pytest --numprocesses 3 --dist load $(or $(ARGS),--ignore=tests/chaos --ignore=tests/browser)

chaos: $(VENV)/.ready-dev ## Crash, kill and mislead it, judged by the sandbox (FULL=1: the full figures)
	@FULL=$(FULL) $(if $(FULL),,RECOVERY_TEST_DATABASE=sqlite) $(BIN)/python -m pytest \
	  --numprocesses 2 --dist load --timeout $(if $(FULL),36000,900) \
	  $(if $(ARGS),$(ARGS),tests/chaos tests/integration/webhooks tests/integration/oauth)

browser: $(VENV)/.ready-dev ## A team's day in real Chromium; pictures of every page under artifacts/
	@chromium="$$(tests/browser/chromium)" && RECOVERY_TEST_BROWSER="$$chromium" \
	  $(BIN)/python -m pytest --numprocesses 3 --dist loadfile $(or $(ARGS),tests/browser)

check: $(VENV)/.ready-dev ## What every commit passes: format, lint, import arrows, types
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy

format: $(VENV)/.ready-dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

migrate: $(VENV)/.ready ## Make or upgrade the database of RECOVERY_HOME
	@$(BIN)/recovery migrate $(ARGS)

bench: $(VENV)/.ready-dev ## Measure pull and reach against their anchors
	@$(BIN)/python -m benchmarks $(ARGS)

lock: ## Resolve pyproject.toml anew into requirements/*.txt
	@PYTHON="$(PYTHON)" requirements/lock

mutants: $(VENV)/.ready-dev ## Put seeded bugs into a copy, one at a time: the tests must catch each
	@$(BIN)/python -m tests.mutants $(ARGS)

clean: ## Remove .venv and all caches; data under var/ stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Recovery needs Python 3.11 or later, and $(PYTHON) is not: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; \
	  exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "Python's venv module is missing; on Debian: apt install python3-venv" >&2; \
	  rm -rf $(VENV); exit 1; }

$(VENV)/.ready: $(BIN)/python requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Installing what Recovery runs on (hashed; once) …"
	@$(LOCKED) -r requirements/build.txt -r requirements/run.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements/dev.txt
	@echo "Installing what tests and checks need (hashed; once) …"
	@$(LOCKED) -r requirements/dev.txt
	@touch $@
