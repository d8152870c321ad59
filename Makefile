# Everything a developer runs. Needs Python 3.11, git and make; the rest is brought here.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Thousands of processes import the same packages: keep what Python compiles, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=

# A uv on the PATH serves; else one is installed into the checkout.
UV_VERSION := 0.13.8
UV := $(shell command -v uv || echo .uv/bin/uv)

.PHONY: help
help: ## List the targets.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv==$(UV_VERSION)

.PHONY: sync
sync: $(filter .uv/bin/uv,$(UV)) ## Install the locked dependencies into .venv.
	$(UV) sync --locked --all-extras --quiet

.PHONY: format
format: sync ## Rewrite the code in the house format.
	$(UV) run ruff format
	$(UV) run ruff check --fix

.PHONY: check
check: sync tools ## Format, types, lint, workflow audits, contracts.
	$(UV) run ruff format --check
	$(UV) run ruff check
	$(UV) run mypy
	$(UV) run zizmor --persona auditor --offline --quiet .
	"$$(python3 .ci/tools.py --print-path actionlint)" -shellcheck= -pyflakes=
	$(UV) run pytest --quiet tests/test_contracts.py

.PHONY: demo
demo: sync ## Deliver a model, break it three ways, read the explanations; writes build/demo/index.html.
	$(UV) run python scripts/demo

.PHONY: tools
tools: $(filter .uv/bin/uv,$(UV)) ## Bring the pinned binaries the tests run (.ci/tools.toml), once per machine.
	python3 .ci/tools.py test

.PHONY: test
test: sync tools ## Install what the tests need, and pass them, side by side.
	$(UV) run pytest --numprocesses logical --dist loadfile

.PHONY: road
road: sync ## Walk the whole road on real parts: a cluster, Argo CD, KServe, a registry, MLflow. Root on Debian.
	python3 .ci/tools.py test road
	$(UV) run pytest tests/road --quiet --no-header --timeout=900
