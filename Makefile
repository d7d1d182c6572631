# `make run` and `make test` are complete by themselves: a machine with Python ≥ 3.11 is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run coverage test test-faults lint types catalog schema lock help

run: $(VENV)/run-stamp  ## start the service; without Slack credentials, a sandbox to try it in
	@$(BIN)/watchkeeper run

test: $(VENV)/dev-stamp  ## run every test
	@$(BIN)/pytest -n 3 --dist worksteal

coverage: $(VENV)/dev-stamp  ## the same, and show what no test reaches; takes half as long again
	@$(BIN)/pytest -n 3 --dist worksteal --cov --cov-report=term

test-faults: $(VENV)/dev-stamp  ## kill it at every commit of a storm, in a price round; Slack's pace in real time (3 min)
	@$(BIN)/pytest -s tests/faults/every_commit.py tests/faults/slacks_pace.py \
		tests/faults/killed_round.py

lint: $(VENV)/dev-stamp  ## style, imports between rooms
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports

types: $(VENV)/dev-stamp  ## mypy, strict
	@$(BIN)/mypy

catalog: $(VENV)/dev-stamp  ## bring the Chinese catalog up to date with the templates
	@$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keywords message --no-location \
		--sort-output --output $(VENV)/messages.pot templates bot/slack
	@$(BIN)/pybabel --quiet update --input-file $(VENV)/messages.pot --locale zh_CN --no-wrap \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		--output-file templates/locale/zh_CN.po

schema: $(VENV)/dev-stamp  ## write docs/config.schema.json anew
	@$(BIN)/watchkeeper schema > docs/config.schema.json

lock: $(VENV)/dev-stamp  ## resolve the dependencies anew, with hashes and without an index address
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
		--generate-hashes --custom-compile-command 'make lock' pyproject.toml \
		--output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
		--generate-hashes --custom-compile-command 'make lock' pyproject.toml --group dev \
		--output-file requirements-dev.lock

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/run-stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev-stamp: requirements-dev.lock $(VENV)/run-stamp
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Watchkeeper needs Python 3.11 or newer: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
