# Everything starts here. `make help` lists the targets; each brings what it needs.

PYTHON ?= python3
RUN := .venv/bin/python
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
SOURCES := coachnet companies coaching events dashboards tests tools manage.py
PRODUCTION_LIKE := env $$(grep '^[A-Z]' deploy/check.env | xargs) $(RUN)
COMPILE := .tools/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

# One worker per core and one more, since journeys wait for browsers, mails and pauses; a file or a class at a time in
# the order of the alphabet, which puts the small files last. `make test PARALLEL=` runs one after the other.
WORKERS = $(shell $(PYTHON) -c "import os; print(os.cpu_count() + 1)")
PARALLEL ?= --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder

# How large a network `make seed` loads: 1 or 60 times a region of a hundred coaches.
SCALE ?= 1

# Where compiled modules are not kept, as in many images, each of a dozen processes would compile the libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help demo demo-reset test check check-types check-rules fix shell drill seed bench verify screenshots lock upgrade messages

help: ## List every target with a sentence.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: export COACHNET_MODE = demo
demo: .venv/stamp-demo $(TRANSLATIONS) ## Run Coachnet here with invented data, until Ctrl-C.
	@$(RUN) -m coachnet.demo

demo-reset: export COACHNET_MODE = demo
demo-reset: .venv/stamp-demo ## Throw the demo's data away; the next make demo starts over.
	@$(RUN) -m coachnet.demo.reset

test: .venv/stamp-dev $(TRANSLATIONS) ## Run the whole suite against real servers, browser journeys included.
	@$(RUN) tools/chromium.py
	@$(RUN) -m pytest $(PARALLEL) $(PYTEST_ARGS)

check: export COACHNET_MODE = test
check: .venv/stamp-dev $(TRANSLATIONS) ## Check format, lint, types, layers, migrations, deployment, templates, translations.
	@$(MAKE) --no-print-directory --jobs 2 check-types check-rules

# Types take as long as all the rest together, on one core.
check-types:
	$(RUN) -m mypy --no-error-summary

check-rules:
	$(RUN) -m ruff format --check --quiet --output-format concise $(SOURCES)
	$(RUN) -m ruff check --quiet --output-format concise $(SOURCES)
	.venv/bin/lint-imports --no-logo --no-cache >.venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
	$(RUN) -m djlint templates --lint --quiet
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) -m pytest --quiet --no-header tests/conventions/test_translations.py -k "todays_texts or is_translated or is_a_guess"
	$(PRODUCTION_LIKE) manage.py check --deploy --fail-level WARNING

fix: .venv/stamp-dev ## Format the code and mend what the linter can mend.
	$(RUN) -m ruff check --fix --quiet $(SOURCES) || true
	$(RUN) -m ruff format --quiet $(SOURCES)

shell: export COACHNET_MODE = development
shell: .venv/stamp-dev $(TRANSLATIONS) ## Open a Python shell on the development database.
	@$(RUN) manage.py migrate --verbosity 0
	@$(RUN) manage.py shell

drill: .venv/stamp-dev $(TRANSLATIONS) ## Kill workers, empty Valkey, destroy the database on purpose, and see whether the promises hold.
	@$(RUN) -m tools.drill $(DRILL_ARGS)

seed: .venv/stamp-dev $(TRANSLATIONS) ## Load a large invented network to measure with: SCALE=1 (the default) or 60.
	@$(RUN) -m tools.seed --scale $(SCALE)

bench: .venv/stamp-dev $(TRANSLATIONS) ## Measure the network of SCALE through the deployed web server; writes docs/performance.md.
	@$(RUN) -m tools.bench --scale $(SCALE) $(BENCH_ARGS)

verify: .venv/stamp-dev $(TRANSLATIONS) ## Ask Lighthouse, the Nu HTML checker and a slow line; writes docs/performance.md. Needs npm and Java.
	@$(RUN) -m tools.verify $(VERIFY_ARGS)

screenshots: .venv/stamp-dev $(TRANSLATIONS) ## Take the README's pictures from the running product.
	@$(RUN) tools/chromium.py
	$(RUN) -m tools.screenshots

lock: .tools/stamp ## Compile pyproject.toml to the locked, hashed requirements files.
	$(COMPILE) --extra demo --extra dev -o requirements-dev.txt $(LOCK_ARGS)
	$(COMPILE) --extra demo -c requirements-dev.txt -o requirements-demo.txt
	$(COMPILE) -c requirements-dev.txt -o requirements.txt

upgrade: ## Lock again with the newest releases that pyproject.toml allows.
	$(MAKE) lock LOCK_ARGS=--upgrade

messages: .venv/stamp-dev ## Gather the texts to translate into locale/.
	$(RUN) -m tools.messages

.venv/stamp-demo: requirements-demo.txt requirements-tools.txt tools/install.py
	@$(PYTHON) tools/install.py requirements-demo.txt
	@touch $@

.venv/stamp-dev: requirements-dev.txt requirements-tools.txt tools/install.py
	@$(PYTHON) tools/install.py requirements-dev.txt
	@touch $@

.tools/stamp: requirements-tools.txt tools/install.py
	@$(PYTHON) -c "import sys; sys.path.insert(0, 'tools'); import install; sys.exit(not install.has_uv())"
	@touch $@

%.mo: %.po | .venv/stamp-demo
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@
