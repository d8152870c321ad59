"""What kind of failure a tool reports when only its name is known."""

from __future__ import annotations

from collections.abc import Iterable

from gatepost.model import FailureType

# Only tools that do one kind of work: `npm` or `make` run anything.
_WORK = {
    FailureType.TEST: "pytest unittest scalatest clojure.test jest mocha ctest rspec minitest phpunit exunit"
    " testthat busted pester",
    FailureType.LINT: "flake8 mypy black eslint rubocop phpcs shellcheck",
    FailureType.SAST: "bandit semgrep",
    FailureType.SECRETS: "gitleaks",
    FailureType.SCA: "pip-audit snyk trivy",
    FailureType.DEPENDENCY: "pip uv bundler composer apt",
    FailureType.BUILD: "gcc/clang ld tsc webpack cmake autoconf ghc",
    FailureType.CONTAINER: "docker",
    FailureType.DEPLOY: "kubectl argo helm terraform",
}
_BY_TOOL = {tool: failure for failure, tools in _WORK.items() for tool in tools.split()}


def by_tool(tools: Iterable[str]) -> tuple[FailureType, str]:
    """Return the failure type of the most telling tool that does one kind of work, and the tool."""
    for tool in tools:
        if tool in _BY_TOOL:
            return _BY_TOOL[tool], tool
    return FailureType.UNKNOWN, ""
