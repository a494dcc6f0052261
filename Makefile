# `make demo` and `make test` are all that a newcomer needs; both install into .venv first.
PYTHON ?= python3
BIN := .venv/bin
DB ?= sqlite
.DELETE_ON_ERROR:
.PHONY: demo test check bench docs clean

# torch first and pinned: a plain requirement may pull in gigabytes for GPUs (docs/decisions)
.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

demo: .venv/installed
	DB=$(DB) bash runs/demo.sh

test: .venv/installed
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: .venv/installed
	$(BIN)/ruff format --check src tests examples benchmarks
	$(BIN)/ruff check src tests examples benchmarks
	$(BIN)/mypy
	$(BIN)/python -m sqlwright.pages --check

bench: .venv/installed
	bash benchmarks/run.sh

docs: .venv/installed
	$(BIN)/python -m sqlwright.pages

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache
