# make demo: everything on synthetic data.  make test: all tests.  make check: style, types, floors.
# make proof: what takes longer or needs more than Python; a Spark cluster of several processes (installs Java where it can).
# Each does its own set-up; nothing else has to be installed but Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
WITH_SPARK := $(VENV)/ready-with-spark

.PHONY: demo test proof check bench constraints clean

demo: $(READY)
	$(BIN)/kstep demo $(DEMO)

test: $(READY)
	PYTHON=$(BIN)/python tools/ensure_browser.sh
	$(BIN)/pytest -n auto $(PYTEST)

proof: $(WITH_SPARK)
	tools/ensure_java.sh
	$(BIN)/pytest -m histories -n auto $(PYTEST)
	$(BIN)/pytest -m proof $(PYTEST)

check: $(WITH_SPARK)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy bench/national
	$(BIN)/lint-imports

# PEERS="--peers PYTHON" compares with nomenklatura too (docs/benchmarks.md).
bench: $(READY)
	$(BIN)/python bench/screen_lists.py "$${KSTEP_REAL_DATA:?names the folder of real lists}"
	$(BIN)/python bench/leave_one_alias_out.py "$$KSTEP_REAL_DATA"
	$(BIN)/python bench/list_against_list.py "$$KSTEP_REAL_DATA"
	$(BIN)/python bench/accuracy/run.py "$$KSTEP_REAL_DATA" $(PEERS)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kstep needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

$(WITH_SPARK): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,spark]'
	touch $(WITH_SPARK)

# Newest versions within pyproject's ranges, tried out in an environment of their own.
constraints:
	rm -rf build/constraints
	$(PYTHON) -m venv build/constraints
	build/constraints/bin/python -m pip install --quiet '.[dev,spark]'
	(head -n 1 constraints.txt; build/constraints/bin/python -m pip freeze | grep -v '^kstep') > build/constraints.txt
	mv build/constraints.txt constraints.txt

clean:
	rm -rf $(VENV) build dist kstep-demo
