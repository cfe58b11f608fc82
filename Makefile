# Each target works on a fresh machine: packaging/bootstrap.py makes the virtual environment first.
PYTHON ?= python3
BOOT = $(PYTHON) packaging/bootstrap.py

.PHONY: run test lint bench

run:
	@$(BOOT) run $(ARGS)

test:
	@$(BOOT) test $(ARGS)

lint:
	@$(BOOT) lint

bench:
	@$(BOOT) bench $(ARGS)
