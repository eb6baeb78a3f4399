# Set-up is one full lock installed without dependency resolution: that keeps torch out (CONTRIBUTING.md, "Set-up").
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-input

BENCHMARKS := $(patsubst benchmarks/%/,benchmark-%,$(filter-out %__pycache__/,$(wildcard benchmarks/*/)))

.PHONY: demo test check clean $(BENCHMARKS)

demo: $(VENV)/.installed
	$(BIN)/qualcode demo -o qualcode-demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

check: $(VENV)/.installed-dev
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

$(BENCHMARKS): benchmark-%: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.$*

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) --no-deps -r requirements.lock
	$(PIP) --no-deps -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) --no-deps -r requirements-dev.lock
	touch $@

clean:
	rm -rf $(VENV) qualcode-demo .mypy_cache .ruff_cache .pytest_cache build dist
