PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install fetch chat test check fmt bench faults clean

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Installing into $(VENV) (a few minutes the first time) ..."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -q --progress-bar on "torch==2.13.0"
	$(BIN)/python -m pip install --disable-pip-version-check -q --progress-bar on -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need ..."
	$(BIN)/python -m pip install --disable-pip-version-check -q --progress-bar on -c constraints.txt -e ".[dev]"
	@touch $@

install: $(VENV)/.installed

fetch: install
	$(BIN)/kaynak fetch

chat: fetch          ## index seeds/ and open the web chat
	$(BIN)/kaynak chat

fmt: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: $(VENV)/.installed-dev    ## ruff, mypy and the quick tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q -m "not bench and not models and not browser and not faults"

test: $(VENV)/.installed-dev     ## everything that CI runs
	$(BIN)/kaynak fetch
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

faults: $(VENV)/.installed-dev   ## the fault harnesses in full; writes docs/reliability.md
	KAYNAK_FAULTS=full $(BIN)/python -m tests.faults

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache *.egg-info
