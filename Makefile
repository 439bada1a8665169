# The commands of the house. `make run` shows it, `make test` proves it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

# Our modules are compiled once, wherever this runs: the commands and the tests start many processes.
unexport PYTHONDONTWRITEBYTECODE

# The lock is the whole list, and `pip check` proves it: a resolver that looks beyond it finds a library's
# newer release for an extra (`pydantic[email]`) and then misses its hash.
PIP_INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps

# Scratch in memory where there is plenty of it: what runs side by side syncs to disk ten thousand times.
SCRATCH := $(shell test "$$(df -Pm /dev/shm 2>/dev/null | awk 'END {print $$4}')" -ge 2048 2>/dev/null && \
  ! grep -q ' /dev/shm .*noexec' /proc/mounts && echo TMPDIR=/dev/shm)
PYTEST := $(BIN)/python -m pytest
AT_ONCE := -n auto --dist loadfile --no-loadscope-reorder
SIDE_BY_SIDE := $(SCRATCH) $(PYTEST) $(AT_ONCE)
QUICK := $(SIDE_BY_SIDE) -m "not thorough and not browser and not faults"
THOROUGH := $(SIDE_BY_SIDE) -m "thorough and not browser and not faults"
DRAWN_ALIKE := --hypothesis-profile=alike
ON_POSTGRES := -m "not browser and not faults" --database=postgres tests/archive tests/web tests/stories tests/land/test_land_line.py tests/land/test_land_line_faults.py \
  tests/trust/test_trust_kiosk.py tests/kiosks/test_kiosks_way.py tests/paper/test_paper_desk.py \
  tests/dossier/test_dossier_export.py tests/dossier/test_dossier_stopped.py

.PHONY: setup run test test-quick faults mutants nets lint fix bench shots lock

setup: $(VENV)/.run-ready

# What a kiosk needs: the four packages, their locked dependencies, and the fonts.
$(VENV)/.run-ready: pyproject.toml deploy/requirements.txt deploy/system-packages
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "需要 Python 3.11 到 3.13 / Python 3.11 to 3.13 is needed; try: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "… Python packages (locked, with hashes)"
	@$(PIP_INSTALL) --require-hashes -r deploy/requirements.txt
	@$(PIP_INSTALL) --no-build-isolation -e .
	@$(BIN)/python -m pip check -q --disable-pip-version-check
	@sh deploy/system-packages fonts $(VENV)
	@touch $@

# What the tests need on top: pytest and friends, chromium, poppler.
$(VENV)/.test-ready: $(VENV)/.run-ready tests/requirements.txt
	@echo "… test packages"
	@$(PIP_INSTALL) --require-hashes -r tests/requirements.txt
	@sh deploy/system-packages tests $(VENV)
	@touch $@

run: setup
	@$(BIN)/kiosk demo $(ARGS)

# First the quick tests, so that a wrong rule fails within a minute, then the thorough ones, what keeps or shows an
# archive once more on PostgreSQL, the browser and the fault loops (on the disk, not in memory; the long ones, at
# hundreds of instants, are `make faults`), last what measures and wants the machine alone. The same code gets the same
# verdict: examples are drawn alike each time, and `make test-quick` looks for new ones. With ARGS one of them may have
# nothing to do (pytest's exit code 5).
test: $(VENV)/.test-ready
	@$(QUICK) $(DRAWN_ALIKE) $(ARGS) || test $$? = 5 -a -n "$(ARGS)"
	@$(THOROUGH) $(DRAWN_ALIKE) $(ARGS) || test $$? = 5 -a -n "$(ARGS)"
	@$(SIDE_BY_SIDE) $(ON_POSTGRES) $(DRAWN_ALIKE) $(ARGS) || test $$? = 5 -a -n "$(ARGS)"
	@$(PYTEST) $(AT_ONCE) -m "(browser or faults) and not alone and not long" $(DRAWN_ALIKE) $(ARGS) || test $$? = 5 -a -n "$(ARGS)"
	@$(PYTEST) -m alone $(DRAWN_ALIKE) $(ARGS) || test $$? = 5 -a -n "$(ARGS)"

# The rules, in less than a minute on two cores. What a test should not cost here is named at the end.
test-quick: $(VENV)/.test-ready
	@$(QUICK) --durations=5 --durations-min=1 $(ARGS)

# The loops that kill, fill and break things, the long ones too, and no other test: some twenty minutes.
faults: $(VENV)/.test-ready
	@$(PYTEST) -m faults $(ARGS)

# Faults put in one at a time (tests/mutants.toml); ARGS: only those in files whose path holds a word.
mutants: $(VENV)/.test-ready
	@$(BIN)/python -m tests.mutants $(ARGS)

lint: $(VENV)/.test-ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

fix: $(VENV)/.test-ready
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.test-ready
	@$(BIN)/python -m tests.bench $(ARGS)

# What the system means, compared with tests/nets/digests.json; `ARGS="write FOLDER"` before a change and
# `ARGS="compare FOLDER"` after it show what differs.
nets: $(VENV)/.test-ready
	@$(BIN)/python -m tests.nets $(ARGS)

# Pictures of every page at three sizes, in shots/ (not kept by git), for people to look at.
shots: $(VENV)/.test-ready
	@$(BIN)/python -m tests.browser.shots $(ARGS)

# Renew the locks from pyproject.toml (hashes only: no addresses are written).
lock:
	@$(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/pip install -q pip-tools
	@for set in "deploy/requirements.txt --extra build" "tests/requirements.txt --extra build --extra test"; do \
	  set -- $$set; out=$$1; shift; \
	  $(VENV)/lock/bin/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options "$$@" -o $$out pyproject.toml; done
