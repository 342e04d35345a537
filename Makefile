# The two commands of the README are `make demo` and `make test`; everything else serves them.
export UV_PYTHON_DOWNLOADS = never
BIN := .venv/bin
UV_VERSION := $(shell sed -n 's/^uv==\([^ ;]*\).*/\1/p' requirements-dev.lock 2>/dev/null)
LOCK = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock"
PYTEST = $(BIN)/python -m pytest

.PHONY: help install lock lint typing imports test demo bench clean

help:  ## What can be made here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(BIN)/uv:
	python3 -m venv .venv
	$(BIN)/pip install -q "uv$(if $(UV_VERSION),==$(UV_VERSION))"

.venv/synced: $(BIN)/uv requirements-dev.lock pyproject.toml
	$(BIN)/uv pip sync -q --require-hashes --python $(BIN)/python requirements-dev.lock
	$(BIN)/uv pip install -q --no-deps --no-build-isolation --python $(BIN)/python -e .
	touch $@

install: .venv/synced  ## Make .venv with the locked requirements and all extras

lock: $(BIN)/uv  ## Resolve the requirements anew
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --all-extras --group dev -c requirements.lock -o requirements-dev.lock
