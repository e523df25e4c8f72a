# The two commands a newcomer needs are `make demo` and `make test`; both set up what they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SCENARIO ?= production_incident
JOBS ?= auto

.DEFAULT_GOAL := help
SEEDS ?= 2000
.PHONY: help demo test simulate mutants bench soak exactly-once lint types contracts format locust lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(READY): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "deckstorm needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...")'
	@echo "Setting up $(VENV) (once; about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## Run the incident at every strategy and concurrency; table, gates, verdict
	$(BIN)/deckstorm sweep $(SCENARIO)

test: $(READY) ## Run the tests
	@# Hundreds of processes are started, and none should have to compile what it imports.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal

locust: $(READY) ## Run the Locust users headless against the fake; fail when a gate fails
	$(BIN)/deckstorm locust $(SCENARIO)

simulate: $(READY) ## Try SEEDS worlds in virtual time, with every promise watched
	$(BIN)/deckstorm simulate $(SCENARIO) --seeds $(SEEDS)

mutants: $(READY) ## Break each safeguard and see that a promise notices; the kill table
	$(BIN)/python -m loadtests.mutants

bench: $(READY) ## Measure determinism, a job under full quota, the fault machinery, what waiting costs, and virtual time
	$(BIN)/python -m loadtests.benchmarks.determinism
	$(BIN)/python -m loadtests.benchmarks.full_quota
	$(BIN)/python -m loadtests.benchmarks.reference_loads
	$(BIN)/python -m loadtests.benchmarks.fault_machinery
	$(BIN)/python -m loadtests.benchmarks.queue
	$(BIN)/python -m loadtests.benchmarks.virtual_time

soak: $(READY) ## Strike ten thousand connections in a row; memory and descriptors must stay flat
	$(BIN)/python -m loadtests.benchmarks.soak

exactly-once: $(READY) ## Audit 20,000 edits in bad weather on the real server: none lost, none twice, none told wrongly
	$(BIN)/python -m loadtests.benchmarks.exactly_once

lint: $(READY) ## Check style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY) ## Check types
	$(BIN)/mypy

contracts: $(READY) ## Check who may import whom
	$(BIN)/lint-imports

format: $(READY) ## Rewrite files in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## Renew requirements-dev.txt from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--extra testbed --extra locust --extra metrics --extra tracing --extra redis --group dev pyproject.toml --output-file requirements-dev.txt

clean: ## Remove the virtual environment, caches and results
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis deckstorm-results
