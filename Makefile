# make demo   the whole pipeline in minutes on a CPU      make test   the tests      make lint   ruff
# Each makes its virtual environment when missing. Other places and interpreters: make test VENV=/tmp/venv PYTHON=python3.12
PYTHON ?= python3
VENV ?= .venv
READY := $(VENV)/.requirements-installed
IN := $(VENV)/bin/python
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))

.PHONY: demo test lint setup again
demo: $(READY)
	$(IN) demo.py $(ARGS)

test: $(READY)
	$(IN) -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

setup: $(READY)

# An environment whose Python fits is kept, whoever made it, and given a pip if it has none (uv's). Any other is made anew,
# after a look at the Python that is to make it, and never in a folder of something else: VENV may name any.
$(READY): requirements.txt
	@{ $(IN) -c '$(FITS)' && { $(IN) -m pip --version || $(IN) -m ensurepip; } && $(IN) -m pip --version; } >/dev/null 2>&1 || { \
	  $(PYTHON) -c '$(FITS)' 2>/dev/null || \
	    { echo "$(PYTHON) is missing or not Python 3.11 to 3.13: name one that is, as in make PYTHON=python3.12" >&2; exit 1; }; \
	  test -e $(VENV)/pyvenv.cfg || test -z "$$(ls -A $(VENV) 2>/dev/null)" || \
	    { echo "VENV=$(VENV) is a folder of something else: name another" >&2; exit 1; }; \
	  $(PYTHON) -m venv --clear $(VENV); }
	$(IN) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

ifneq ($(shell $(IN) -c '$(FITS)' 2>/dev/null && echo fits),fits)
$(READY): again
endif
