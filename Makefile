# Four words a newcomer needs. Each first brings the machine to what it needs (packaging/bootstrap.py), then works.
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: run test check bench dist lock clean

run:
	@$(PYTHON) packaging/bootstrap.py run
	@$(BIN)/python run.py up

test:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(BIN)/python -m pytest

check:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(BIN)/python run.py check

bench:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(BIN)/python -m bench

dist:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(BIN)/pyinstaller --noconfirm --log-level WARN kiosk.spec

lock: # resolves only; needs uv (pip install uv). The lock holds hashes and no addresses.
	cd packaging && for name in requirements dev; do uv pip compile -q --python-version 3.11 --universal --generate-hashes \
	  --no-emit-index-url --no-header $$name.in -o $$name.lock || exit 1; done

clean:
	rm -rf build dist var .mypy_cache .ruff_cache
