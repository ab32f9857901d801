# Everything is installed into .venv in this folder; a fresh machine needs git, make, Python 3.11+ with pip, and a package index.

# Looked for before .venv/bin stands first on PATH.
PYTHON := $(shell command -v python3)
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# A registry that does not answer at once is asked again, by each of the hundreds of calls of uv.
export UV_HTTP_RETRIES ?= 10
READY := .venv/.ready
LIBRARY := "{{cookiecutter.project_slug}}/vendor/zappa-xray"
PYTEST := python -m pytest -n auto --dist loadgroup --no-loadscope-reorder
ARGS ?=
VERSION ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast bench lint format freshness audit transcript release verify-aws

help: ## print these commands
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F '|' '{printf "%-18s %s\n", $$1, $$2}'

demo: $(READY) ## bake a service, deploy it into an emulated AWS on this machine, show its traces
	python -m emulator.demo $(ARGS)

test: $(READY) ## all tests (ARGS="-k name": some of them)
	$(PYTEST) $(ARGS)

test-fast: $(READY) ## what needs no installed service, under a minute
	$(PYTEST) -m "not slow" $(ARGS)

bench: $(READY) ## cold start, package and what tracing costs, each beside a baseline, into README.md
	python -m benchmarks

lint: $(READY) ## format, lint and types of the template's own code and the library's, and the workflows
	ruff format --check --no-cache . $(LIBRARY)
	ruff check --no-cache . $(LIBRARY)
	mypy
	python -m tests.library_environment types
	zizmor --offline --quiet --min-severity medium .github "{{cookiecutter.project_slug}}/.github/workflows/deploy.yml"
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml "{{cookiecutter.project_slug}}/.github/workflows/deploy.yml"
	check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml
	check-jsonschema --builtin-schema vendor.renovate .github/renovate.json

format: $(READY) ## rewrite the template's own code and the library's as `make lint` wants it
	ruff format --no-cache . $(LIBRARY)
	ruff check --no-cache --fix . $(LIBRARY)

freshness: $(READY) ## list what the service and the library depend on beside the newest releases (ARGS=--write: move the ranges and pins)
	python -m upkeep.freshness $(ARGS)

audit: $(READY) ## look up known vulnerabilities of all that the template, and a service, installs
	python -m upkeep.audit $(ARGS)

transcript: $(READY) ## run the demo and put what it prints into docs/DEMO.md and the README
	python -m upkeep.transcript

verify-aws: $(READY) ## deploy a stage into your own AWS account, settle what is claimed of AWS, take it away (STAGE=verify; SERVICE=folder: one of yours)
	python -m upkeep.verify_aws "$(or $(STAGE),verify)" $(if $(SERVICE),--service "$(SERVICE)") $(ARGS)

release: $(READY) ## one version everywhere, dated changelogs, a commit and its tag (VERSION=0.2.0)
	python -m upkeep.release "$(VERSION)"

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "python3 is missing: install Python 3.11 or newer." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is $$("$(PYTHON)" --version 2>&1). Name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make virtual environments: install its venv and ensurepip (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@echo "Setting up .venv, as after each change of pyproject.toml:"
	@echo "  1/3 a virtual environment, $$("$(PYTHON)" --version)"
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	@echo "  2/3 uv"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check uv
	@echo "  3/3 the tools of pyproject.toml"
	@VIRTUAL_ENV="$(CURDIR)/.venv" .venv/bin/uv pip install --group dev
	@touch $@
