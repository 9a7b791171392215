# Four words a newcomer needs. Each first brings the machine to what it needs (packaging/bootstrap.py), then works.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin/python

# $(call prepare,run|dev)
define prepare
	@$(if $(PYTHON),$(PYTHON) packaging/bootstrap.py $(1),echo "budayang: Python 3.11 is needed: apt-get install python3" >&2; exit 1)
endef

.PHONY: run test check bench dist lock clean

run:
	$(call prepare,run)
	@exec $(BIN) run.py up

test:
	$(call prepare,dev)
	@$(BIN) -m pytest

check:
	$(call prepare,dev)
	@$(BIN) run.py check

bench:
	$(call prepare,dev)
	@$(BIN) -m bench

dist:
	$(call prepare,dev)
	@KIVY_LOG_MODE=PYTHON $(BIN) -m PyInstaller --noconfirm --log-level WARN kiosk.spec

lock: # resolves only; needs uv (pip install uv). The lock holds hashes and no addresses.
	cd packaging && for name in requirements dev build; do uv pip compile -q --python-version 3.11 --universal --generate-hashes \
	  --no-emit-index-url --no-header --no-strip-extras $$name.in -o $$name.lock || exit 1; done

clean:
	rm -rf build dist var .mypy_cache .ruff_cache
