# Regsosek: everything needs Python 3.11-3.13 and make, nothing else. `make help` lists the commands.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run test up bi down backup restore upgrade clean lint format lock bench docs

BIN := .venv/bin

# Where Python may not keep what it compiled, each of Airflow's processes compiles all of Airflow at every start.
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  LANDING_URL=/some/folder make run   refresh from your own deliveries"
	@echo "  PYTHON=/path/to/python make setup   choose the Python (3.11, 3.12 or 3.13)"

setup: $(BIN)/.installed ## environment and database only
	@$(BIN)/regsosek setup

run: $(BIN)/.installed ## one refresh of the real DAG, from synthetic deliveries unless LANDING_URL is set
	@$(BIN)/regsosek run

up: $(BIN)/.installed ## Airflow and database in the foreground
	@$(BIN)/regsosek up

bi: $(BIN)/.installed ## dashboards in a browser, in the foreground; needs Python 3.11 or 3.12
	@PYTHON="$(PYTHON)" $(BIN)/regsosek bi

down: ## stop what this checkout started
	@if [ -x $(BIN)/regsosek ]; then $(BIN)/regsosek down; else echo "Nothing is installed."; fi

backup: $(BIN)/.installed ## warehouse, keys and list of the landing into a new folder, or KE=folder
	@$(BIN)/regsosek backup $(if $(KE),--ke "$(KE)")

restore: $(BIN)/.installed ## a backup, DARI=folder; with TIMPA=1 in the place of what is there
	@$(BIN)/regsosek restore $(if $(TIMPA),--timpa) $(if $(KUNCI),--kunci "$(KUNCI)") "$(DARI)"

upgrade: $(BIN)/.installed ## an installation of an earlier version, with its data, to this one
	@$(BIN)/regsosek upgrade

# The longest first: e2e keeps one worker busy from the beginning to nearly the end.
KINDS ?= e2e integration dags unit
test: $(BIN)/.installed ## unit, dags, integration and e2e tests; KINDS="bi faults": kills, hostile landings, dashboards
ifeq ($(strip $(PYTEST)),)
	@# One worker more than processors: e2e waits for Airflow a lot.
	@$(BIN)/python -m pytest --numprocesses 3 --no-loadscope-reorder $(KINDS:%=tests/%)
else
	@$(BIN)/python -m pytest $(PYTEST)
endif

lint: $(BIN)/.installed ## ruff, mypy, sqlfluff, dbt parse, compose schema
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar dbt_project
	@AIRFLOW_CONN_REGSOSEK=postgresql://nobody@127.0.0.1/none $(BIN)/python -m regsosek.transform parse # connects to nothing
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/regsosek codegen --check

format: $(BIN)/.installed ## format Python
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

lock: $(BIN)/.installed ## both locks, from pyproject.toml and superset/requirements.in: names, versions, hashes, no addresses
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-annotate --custom-compile-command "make lock" --quiet -o requirements.lock
	@$(BIN)/uv pip compile superset/requirements.in --universal --python-version 3.11 --generate-hashes \
		--no-annotate --custom-compile-command "make lock" --quiet -o superset/requirements.lock

docs: $(BIN)/.installed ## the documentation as pages, below .regsosek/artefacts/dokumen
	@$(BIN)/regsosek docs

bench: $(BIN)/.installed ## measure a full district against the floor; writes docs/performance.md
	@$(BIN)/python -m bench --write

clean: ## stop everything, delete the environment and the installation with its data, not its backups
	@if [ -x $(BIN)/regsosek ]; then $(BIN)/regsosek clean; fi
	@for folder in .venv .venv-superset; do if [ -d $$folder ]; then echo "Removed $$folder"; rm -rf $$folder; fi; done

# The environment is made again when the lock or the package's own description changes.
$(BIN)/.installed: requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" sh .ci/environment .venv
	@touch $@
