# `make run` and `make test` need Python 3.11 or newer, make and git, and fetch the rest themselves.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
ARGS ?=

.PHONY: run test lint bench faults docs

run: $(READY)
	@exec env TRACKER_ENV="$${TRACKER_ENV:-demo}" $(BIN)/tracker up

# The number of workers follows the machine; `make test ARGS="-k council"` runs a part.
test: $(READY)
	$(BIN)/pytest -n auto --dist worksteal --durations=25 $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint templates --lint
	$(BIN)/lint-imports --no-logo

bench: $(READY)
	$(BIN)/python -m benchmarks

# Half an hour: every fault, on servers of its own. `make faults ARGS="--only disk"` runs a part.
faults: $(READY)
	$(BIN)/python -m tests.faults $(ARGS)

docs: $(READY)
	$(BIN)/python -m docs

# Once, and again when the lock or the packaging changes.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	@echo "Installing into .venv, which takes about a minute."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
