# make run    makes the environment and a book for each key account of the sample company
# make test   makes the environment and runs the tests, less the slow ones (some minutes)
# make test-full  runs the slow ones: every notebook, browser, PostgreSQL
# make lab    opens JupyterLab      make notebooks  builds the notebooks from their source
# make check  looks at the code     make bench      measures (SHORT=1: the short form)
# make goldens  writes anew what readers see (tests/golden): read the difference as you read code
# make swaps  breaks a hundred lines, one at a time and in a copy, and lists the breaks that no test sees (N=30: fewer)
# make test-faults  writes from many processes and kills them (SHORT=1: the short form)
#
# Needs Debian or Ubuntu with python3 (3.11 or later), python3-venv and make.
# Every program is started as `.venv/bin/python -m …`, so that the folder may have spaces in its path.

PYTHON := .venv/bin/python
KAM := $(PYTHON) -m kamtools
MADE := .venv/made-from.lock
OUT := out

unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test test-full test-faults goldens swaps lab notebooks check bench environment clean
.DEFAULT_GOAL := run

run: $(MADE)
	@$(KAM) run --key --workspace data/samples --out $(OUT) --next

test: $(MADE)
	$(PYTHON) -m pytest -n 2 --dist loadscope --nbval-lax -m "not (slow or browser or faults)" \
	  tests kamtools notebooks/zh/02_identification.ipynb

test-full: $(MADE)
	$(PYTHON) -m pytest -n 2 --dist loadscope --nbval-lax -m "(slow or browser or notebook) and not faults" \
	  tests kamtools notebooks/zh notebooks/en

test-faults: $(MADE)
	KAM_FAULTS=$(if $(SHORT),short,long) $(PYTHON) -m pytest tests/faults

goldens: $(MADE)
	$(PYTHON) -m pytest -q tests/golden --snapshot-update

swaps: $(MADE)
	$(PYTHON) tests/faults/swaps.py $(if $(N),--count $(N))

lab: $(MADE)
	@$(KAM) lab

notebooks: $(MADE)
	@$(KAM) notebooks

check: $(MADE)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m pyright
	$(PYTHON) -c "from importlinter.cli import lint_imports_command as check; check()" --no-cache
	$(KAM) notebooks --check
	$(PYTHON) tools/words_check.py
	$(KAM) coverage

bench: $(MADE)
	$(PYTHON) tests/bench/measure.py $(if $(SHORT),--short)

environment: $(MADE)

$(MADE): requirements.lock pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed / 需要 Python 3.11 或更新的版本: sudo apt install python3"; exit 1; }
	@echo "Making the environment, once (a minute or two) / 正在建立运行环境,只需一次(一两分钟)"
	@test -x $(PYTHON) || python3 -m venv .venv || \
	  { rm -rf .venv; echo "venv is missing / 缺少 venv: sudo apt install python3-venv"; exit 1; }
	@$(PYTHON) -m pip install --quiet --require-hashes -r requirements.lock
	@$(PYTHON) -m pip install --quiet --no-deps --no-build-isolation -e .
	@$(PYTHON) -m compileall -q kamtools
	@cp requirements.lock $(MADE)

clean:
	rm -rf build $(OUT)
