# Every target sets up what it needs: on a machine with Python >= 3.11 and make, `make ingest` is all there is to do.
SHELL := /bin/sh
BIN   := .venv/bin
UV    := $(shell command -v uv 2>/dev/null)
PIP    = $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install -qq --disable-pip-version-check)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help ingest up test check bench docs lock

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target does; do \
	    printf '%-14s%s\n' "$$target" "$$does"; done
	@echo 'ARGS passes more to the command: make ingest ARGS="my-articles --warehouse my-warehouse"'

ingest: .venv/.run ## clean raw/ and load it into warehouse/news.duckdb
	@$(BIN)/newsmill ingest $(ARGS)

up: .venv/.run ## start the Prefect UI, the schedule and what executes it
	@$(BIN)/newsmill up $(ARGS)

test: .venv/.dev ## run the tests
	@$(BIN)/pytest --numprocesses 2 --dist loadfile $(ARGS)

check: .venv/.dev ## run every check that needs no test: format, lint, types, layers, SQL, docs, audit
	@.ci/check

bench: .venv/.dev ## print the numbers that README quotes
	@$(BIN)/python -m benchmarks.cleaning $(ARGS)
	@$(BIN)/python -m benchmarks.ingest $(ARGS)

docs: .venv/.dev ## write the reference pages and the shell sessions of README anew from the code
	@$(BIN)/cog -r --verbosity=1 docs/*.md
	@$(BIN)/python -m tests.sessions

lock: | .venv/bin/python ## write the lock files anew from pyproject.toml (ARGS=--upgrade for newer releases)
	@$(if $(UV),,test -x $(BIN)/uv || $(PIP) uv)
	@PATH="$(CURDIR)/$(BIN):$$PATH"; compile() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-strip-extras --custom-compile-command 'make lock' pyproject.toml $(ARGS) "$$@"; }; \
	compile -o requirements.lock && compile --extra dev -c requirements.lock -o requirements-dev.lock

# Stamps: made once the environment holds what the lock file says, and again when the lock or pyproject.toml changes.
.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@echo 'Installing newsmill and what it runs with into .venv …'
	@$(PIP) --no-deps --require-hashes -r requirements.lock
	@$(PIP) --no-deps --editable .
	@touch $@

.venv/.dev: requirements-dev.lock requirements.lock pyproject.toml | .venv/bin/python
	@echo 'Installing newsmill and what it is developed with into .venv …'
	@$(PIP) --no-deps --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --editable .
	@touch .venv/.run $@

# 3.13 comes first: newer ones have no ready-made build of pycld2, and compiling it takes a C++ compiler.
.venv/bin/python:
	@for python in python3.13 python3.12 python3.11 python3.14 python3; do \
	    home=$$($$python -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' 2>/dev/null) && break; \
	done; \
	test -n "$$home" || { echo 'newsmill needs Python 3.11 or newer: none of python3.11 to python3.14 is on PATH.' >&2; exit 1; }; \
	rm -rf .venv; \
	$(if $(UV),$(UV) venv --quiet --python "$$home" .venv,"$$home" -m venv .venv)
