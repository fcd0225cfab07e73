# make demo   the whole pipeline in minutes on a CPU      make test   the tests      make lint   ruff
# Each makes its virtual environment when missing. Other places and interpreters: make test VENV=/tmp/venv PYTHON=python3.12
PYTHON ?= python3
VENV ?= .venv
READY := $(VENV)/.requirements-installed

.PHONY: demo test lint setup
demo: $(READY)
	$(VENV)/bin/python demo.py $(ARGS)

test: $(READY)
	$(VENV)/bin/python -m pytest $(ARGS)

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

setup: $(READY)

# The Python is checked before anything is made. A folder without the mark of a finished installation is made anew, but
# only if it is a virtual environment: VENV may name any folder.
$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "$(PYTHON) is missing or not Python 3.11 to 3.13: name one that is, as in make PYTHON=python3.12" >&2; exit 1; }
	@test -e $(VENV)/pyvenv.cfg || test -z "$$(ls -A $(VENV) 2>/dev/null)" || \
	  { echo "VENV=$(VENV) is a folder of something else: name another" >&2; exit 1; }
	@test -e $@ || $(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@
