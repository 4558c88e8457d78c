# make help says what there is. Nothing has to be installed first but git, make, Python and Node.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:

# A Python that runs: "python3" may be a pyenv shim that answers "command not found".
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null && echo "$$p" && break; done)
WORKERS ?= 2
PYTEST = .venv/bin/python -m pytest

.PHONY: help setup demo test check lint fast-tests bench pictures mutants policy-report nlu-report transcripts \
	validate lock train clean python tools rasa everything

help: ## this list
	@echo "Mindelig. The two to begin with: make demo, make test."
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: python ## prepare everything that the program needs, and start nothing
	@$(PYTHON) -m scripts.setup app

demo: python ## set up, then run it all with sample citizens and telephones (PORT=8000)
	@$(PYTHON) -m scripts.setup app --quiet
	@exec .venv/bin/mindelig up --demo $(if $(PORT),--port $(PORT))

test: everything ## set up, then run all tests
	@$(PYTEST) -n $(WORKERS) --dist loadgroup

check: lint validate fast-tests ## the quick gate: lint, types, import contracts, dialogues, fast tests

lint: tools
	@echo "lint: ruff";       .venv/bin/ruff check --quiet
	@echo "lint: format";     .venv/bin/ruff format --check --quiet
	@echo "lint: types";      .venv/bin/mypy --no-error-summary
	@echo "lint: imports";    .venv/bin/lint-imports --no-cache --no-logo

fast-tests: tools
	@$(PYTEST) -n $(WORKERS) --dist loadgroup -m "not slow and not rasa and not browser" -q \
		--ignore=tests/desk --ignore=tests/bot --ignore=tests/mindelig --ignore=tests/outreach/intake

validate: rasa ## hold the dialogues against themselves, as Rasa does; a warning is a fault
	@.venv/bin/mindelig validate

transcripts: everything ## write the golden transcripts anew with what is said now (ONLY=faxe)
	@$(PYTEST) tests/transcripts --rewrite -q $(if $(ONLY),-k "$(ONLY)")
	@git --no-pager diff --stat -- dialogues/transcripts || true

bench: everything ## measure: import, round, dispatch, reply time
	@.venv/bin/python -m bench

pictures: everything ## take the pictures of the desk in docs/ anew
	@.venv/bin/python -m tests.pictures

mutants: tools ## change the rules place by place: do the tests notice? (ONLY=ladder)
	@.venv/bin/python -m tests.mutants --workers $(WORKERS) $(ONLY)

policy-report: everything ## which requirements of the policies are proven, by which tests
	@.venv/bin/python -m tests.policy.report -n $(WORKERS) --dist loadgroup

nlu-report: everything ## how well the assistant understands, in build/nlu-report (DIET=1 compares)
	@.venv/bin/python -m nlu_report

lock: python ## lock the requirements anew, with hashes (UPGRADE=1 for newer versions)
	@$(PYTHON) -m scripts.lock $(if $(UPGRADE),--upgrade)

train: python ## train the dialogue model
	@$(PYTHON) -m scripts.setup app --quiet
	@.venv/bin/mindelig train

clean: ## remove what set-up made in this clone; var/ (data) and the shared cache stay
	rm -rf .venv .venv-rasa .setup node_modules desk/static/vendor build *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo "Set-up needs a Python 3.9 or newer: sudo apt-get install python3"; exit 1; }

tools: python
	@$(PYTHON) -m scripts.setup dev --quiet

rasa: python
	@$(PYTHON) -m scripts.setup rasa --quiet

everything: python
	@$(PYTHON) -m scripts.setup test --quiet
