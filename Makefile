# Two commands set everything up, each from a fresh clone where only Python (3.11 or newer) and its venv module are there:
#   make demo    trains the lecture CNN on the embedded digits and says where its report lies
#   make test    runs the tests (under 3 minutes on two cores)
#
# PYTHON=python3.12 chooses the interpreter; TORCH_INDEX_URL=... names an index with CPU builds of torch.

PYTHON ?= python3
TORCH_INDEX_URL ?=
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
TORCH := $(shell sed -n '/^torch==/p' constraints.txt)
PINS := pyproject.toml constraints.txt

.PHONY: help setup demo test learn full lint types clean
.DELETE_ON_ERROR:

help:
	@echo "make demo    set up, train the lecture CNN on 5,000 real digits, write a report"
	@echo "make test    set up, run the quick tests"
	@echo "make learn   the accuracy figures (under 15 minutes)"
	@echo "make full    all tests, long ones too"
	@echo "make lint    ruff        make types   pyright        make clean   remove .venv and caches"

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit("nabi needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV) (once; torch alone is 200 MB or more)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# the bytecode that pip makes of other packages, and not of editable ones; a file that was changed is compiled anew when it is read
BYTECODE := $(PY) -m compileall -q --invalidation-mode checked-hash src

# torch first and alone, so that nothing else can pull in another build of it
$(VENV)/.torch: constraints.txt | $(PY)
	@$(PIP) $(if $(TORCH_INDEX_URL),--extra-index-url $(TORCH_INDEX_URL)) $(TORCH)
	@touch $@

$(VENV)/.run: $(PINS) $(VENV)/.torch
	@$(PIP) --editable .
	@$(BYTECODE)
	@touch $@

$(VENV)/.test: $(PINS) $(VENV)/.torch
	@$(PIP) --editable '.[test]'
	@$(BYTECODE)
	@touch $@ $(VENV)/.run

$(VENV)/.dev: $(PINS) $(VENV)/.torch
	@$(PIP) --editable '.[dev]'
	@$(BYTECODE)
	@touch $@ $(VENV)/.run $(VENV)/.test

setup: $(VENV)/.dev

demo: $(VENV)/.run
	$(PY) -m nabi train digits --recipe demo $(ARGS)

test: $(VENV)/.test
	$(PY) -m pytest $(ARGS)

learn: $(VENV)/.test
	$(PY) -m pytest -m learn $(ARGS)

full: $(VENV)/.test
	$(PY) -m pytest -m "not cuda" $(ARGS)

lint: $(VENV)/.dev
	$(PY) -m ruff check .

types: $(VENV)/.dev
	$(PY) -m pyright

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis src/*.egg-info
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
