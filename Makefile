# Everything needs only Python 3.11 or newer and make; `make setup` builds the rest in .venv.
.DEFAULT_GOAL := help
PYTHON_NAMES := python3.13 python3.12 python3.11 python3
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: help setup demo test check house cover bench bench-clean docs screenshots prove simulate

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## Build .venv with everything, once

$(STAMP): pyproject.toml constraints.txt sfa/__init__.py
	@for name in $(PYTHON_NAMES); do \
		if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Python 3.11 or newer is needed; none of these is one: $(PYTHON_NAMES)." >&2; \
		echo "Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python)." >&2; \
		exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$found cannot make virtual environments. Install them (Debian, Ubuntu: apt install python3-venv)." >&2; \
		exit 1; \
	fi; \
	if [ ! -x $(BIN)/python ]; then echo "Building .venv with $$found ..."; "$$found" -m venv .venv || exit 1; fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

demo: setup ## A rep's day in an invented company, a team that syncs, the pipeline printed; on a terminal the app
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

# Two more than there are cores: half of the tests wait for a screen, a server or another process most of the time.
WORKERS = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)

test: setup ## Run the tests on all cores
	@$(BIN)/pytest -q -n $(WORKERS) --dist worksteal

check: house test ## What CI runs: the house in order, then all tests

house: setup ## All that check asks but the tests: style, types, floors, generated files; under a minute
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m sfa.models.describe --check
	@$(BIN)/python docs/tools/commands.py --check
	@$(BIN)/python docs/tools/keys.py --check
	@$(BIN)/python docs/tools/actions.py --check
	@$(BIN)/python docs/tools/translations.py --check

cover: setup ## The tests with branch coverage
	@$(BIN)/pytest -q -n $(WORKERS) --cov --cov-report=term

PROVEN := tests/store/test_crashes.py tests/store/test_two_writers.py tests/finding/test_search_truth.py tests/sync/centre/test_versions.py

prove: setup ## The longer proofs: killed and concurrent writers, sync schedules (N=20000; 2000 on PostgreSQL), half an hour of faults (SFA_SOAK_MINUTES), every mutation, 100,000 leads imported while the app is open, 200,000 keys of a monkey
	@SFA_PROVE=1 $(BIN)/pytest -q -n auto $(PROVEN)
	@$(BIN)/python -m tests.simulation --count $(or $(N),20000) --first $(or $(SEED),0)
	@$(BIN)/python -m tests.simulation.real --count 2000 --first $(or $(SEED),0)
	@$(BIN)/python -m tests.simulation.real.soak --minutes $(or $(SFA_SOAK_MINUTES),30) --seed $(or $(SEED),1)
	@$(BIN)/python -m tests.simulation.mutations
	@SFA_PROVE=1 $(BIN)/pytest -q tests/screens/test_busy_store.py
	@$(BIN)/python -m tests.monkey --seeds 10 --keys 20000 --jobs 2 --seed $(or $(SEED),0)

simulate: setup ## Run fault schedules of a sync on all cores: N=10000, SEED=0 for the first
	@$(BIN)/python -m tests.simulation --count $(or $(N),1000) --first $(or $(SEED),0)

bench: setup ## Measure beside the peers; writes benchmarks/RESULTS.md (some rows: ROWS=list,find)
	@$(BIN)/python -m benchmarks $(if $(ROWS),--rows $(ROWS)) $(if $(SIZES),--sizes $(SIZES))

bench-clean: ## Remove what the benchmarks keep: stores and peers
	@rm -rf benchmarks/.cache

docs: setup ## Write the generated pages and catalogues anew
	@$(BIN)/python -m sfa.models.describe
	@$(BIN)/python docs/tools/commands.py
	@$(BIN)/python docs/tools/keys.py
	@$(BIN)/python docs/tools/actions.py
	@$(BIN)/python docs/tools/translations.py

screenshots: setup ## Draw every screen of the app in three sizes, two languages, two themes; sample papers
	@$(BIN)/python docs/tools/screenshots.py
	@$(BIN)/python docs/tools/papers.py
