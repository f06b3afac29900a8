# Two commands on a bare machine with git, make and python3.11 (venv, pip): make demo, make test.
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready
RUN := runs/baseline
COMPILED := .venv-compiled
SOURCES := $(shell find sim -name '*.py')

.PHONY: demo test compiled lint format bench index reference pictures clean

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

demo: $(READY)
	$(BIN)/steppe run scenarios/baseline.yaml --out $(RUN)

test: $(READY)
	$(BIN)/python -m pytest -n 2

# The same sources with the corridor compiled, in an environment of its own; needs a C compiler.
compiled: $(COMPILED)/.ready

$(COMPILED)/.ready: requirements.lock pyproject.toml setup.py $(SOURCES)
	test -x $(COMPILED)/bin/python || $(PYTHON) -m venv $(COMPILED)
	$(COMPILED)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	rm -rf build
	STEPPE_COMPILE=1 $(COMPILED)/bin/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --force-reinstall .
	touch $@

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What stands beside ours has an environment of its own; nothing else needs it.
.venv-bench/.ready: benchmarks/requirements.txt
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch .venv-bench/.ready

index: $(READY)
	$(BIN)/python -m sim.scenario.library scenarios

reference: $(READY)
	$(BIN)/python -m sim.scenario.reference docs/reference.md

# The README's pictures, by its own commands; needs chromium and chromium-driver.
pictures: $(READY)
	$(BIN)/python -m tests.docs.pictures

bench: $(READY) compiled .venv-bench/.ready
	$(BIN)/python benchmarks/bench.py $(BENCH)

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .venv-bench $(COMPILED) runs build dist *.egg-info
