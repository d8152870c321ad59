"""Signs in machine reports, as the evidence words them: `path:line: tool rule: message`."""

from __future__ import annotations

from gatepost.analysis.sign import Sign, rx
from gatepost.model import FailureType

_WHERE = r"^(?:no place given|(?P<path>[^\s:]+)(?::(?P<line>\d+))?): "
_WHAT = r" (?P<code>\S+): (?P<text>.+)"


def _reported(name: str, failure: FailureType, rank: int, tools: str, fix: str) -> Sign:
    """Make the sign of one kind of tool; `tools` are names as SARIF gives them, in lower case."""
    return Sign(
        name=name,
        failure=failure,
        rank=rank,
        patterns=rx(rf"{_WHERE}(?P<tool>{tools}){_WHAT}"),
        title="{code} in `{path}`: {text}",
        many="{count} findings of {tool}, first {code} in `{path}`: {text}",
        detail="`{path}:{line}` {code} {text}",
        fix=fix,
        identity=("path", "code"),
    )


SIGNS = (
    _reported(
        "reported-secret",
        FailureType.SECRETS,
        87,
        r"gitleaks|trufflehog|detect-secrets|ggshield",
        "Revoke the secret first; then take it out of the code and read it from the environment.",
    ),
    _reported(
        "reported-code-flaw",
        FailureType.SAST,
        86,
        r"bandit|semgrep(?: \w+)?|codeql|gosec|checkov|tfsec|zizmor|brakeman|flawfinder|njsscan|snyk code|devskim|msdo",
        "Change the code at the line named, or dismiss the finding with a reason.",
    ),
    _reported(
        "reported-vulnerability",
        FailureType.SCA,
        86,
        r"trivy|grype|snyk(?: open source| container)?|osv-scanner|pip-audit|dependency-check|govulncheck",
        "Raise the dependency to the fixed version the report names, or record why it does not apply.",
    ),
    _reported(
        "reported-lint",
        FailureType.LINT,
        77,
        r"ruff|flake8|eslint|pylint|hadolint|shellcheck|golangci-lint|mypy|pyright|rubocop|clippy|actionlint|stylelint|ktlint|detekt",
        "Correct the line named, or run the linter with its fix option and commit the result.",
    ),
)
