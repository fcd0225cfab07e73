# make demo   the whole pipeline in minutes on a CPU      make test   the tests      make lint   ruff
# Each makes its virtual environment when missing. Other places and interpreters: make test VENV=/tmp/venv PYTHON=python3.12
PYTHON ?= python3
VENV ?= .venv
READY := $(VENV)/.requirements-installed

.PHONY: demo test lint
demo: $(READY)
	$(VENV)/bin/python demo.py $(ARGS)

test: $(READY)
	$(VENV)/bin/python -m pytest $(ARGS)

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

$(READY): requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@
