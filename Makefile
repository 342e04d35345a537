# The two commands of the README are `make demo` and `make test`; everything else serves them.
export UV_PYTHON_DOWNLOADS = never
BIN := .venv/bin
UV_VERSION := $(shell sed -n 's/^uv==\([^ ;]*\).*/\1/p' requirements-dev.lock 2>/dev/null)
LOCK = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock"
PYTEST = $(BIN)/python -m pytest

.PHONY: help install lock lint format typing imports test demo demo-server bench docs screenshots clean

help:  ## What can be made here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

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
	$(LOCK) pyproject.toml --all-extras --group build -c requirements-dev.lock -o requirements-server.lock

lint: install  ## Check style, and that the lock files name no host
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	! grep -n '://\|^--' requirements*.lock

format: install  ## Rewrite in the project's style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

typing: install  ## Check types, of the tests too
	$(BIN)/mypy

imports: install  ## Check that imports only point down
	$(BIN)/lint-imports

# The browser's driver runs an event loop of its own, which bears no other in its process: two
# calls. Both run whatever the first says; the large one is last, so that its summary ends the log.
# Tests wait for servers more than they compute: three at once, on two processors too.
test: install  ## All tests
	@status=0; \
	$(PYTEST) tests/browser || status=1; \
	$(PYTEST) --ignore=tests/browser -n 3 --dist worksteal || status=1; \
	exit $$status

demo: install  ## A night of a made-up observatory: pushed, asked, shown
	$(BIN)/provstore demo

demo-server: install  ## The same on PostgreSQL and Neo4j, started for it
	$(BIN)/python tools/demo_server.py

bench: install  ## Measure beside the bare work, as ratios in one run
	$(BIN)/python bench/ingest.py
	$(BIN)/python bench/formats.py
	$(BIN)/python bench/constraints.py
	$(BIN)/python bench/lineage.py
	$(BIN)/python bench/keywords.py --runs 2200 22000
	PYTHONPATH=tools $(BIN)/python bench/server.py
	$(BIN)/python bench/start.py

docs: install  ## Run every command and block of the README and of docs/
	$(PYTEST) tests/docs

screenshots: install  ## Take the pictures of docs/img anew
	$(BIN)/python docs/graph_picture.py
	$(BIN)/python docs/screenshots.py

clean:  ## Remove what was made here
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
