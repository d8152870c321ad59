"""Bandit: SAST for Python."""

from __future__ import annotations

from collections.abc import Sequence

from gatepost.errors import UpstreamError
from gatepost.gates.scan.flaw import Flaw, Severity, Target
from gatepost.gates.scan.tools.invoke import program, report

SEVERITY = {"LOW": Severity.LOW, "MEDIUM": Severity.MEDIUM, "HIGH": Severity.HIGH}

# Assertions are what tests are made of, and an import is no flaw until it is used.
NOISE = "B101,B403,B404"


class Bandit:
    """Finds dangerous calls in Python files."""

    name = "bandit"
    about = "SAST"
    remote = False

    def inputs(self, target: Target) -> Sequence[str]:
        """Return the Python files."""
        return target.ending(".py")

    def scan(self, target: Target) -> Sequence[Flaw]:
        """Run Bandit; a file it cannot parse is an error, since nobody else looked at it."""
        argv = [program("bandit"), "--format", "json", "--quiet", "--exit-zero", "--skip", NOISE]
        found = report(
            [*argv, *self.inputs(target)], cwd=target.root, accept=frozenset({0}), keys=("errors", "results")
        )
        if errors := found["errors"]:
            first = errors[0]
            raise UpstreamError(
                f"bandit could not read {len(errors)} files, first {first['filename']!r}: {first['reason']}",
                fix="mend the file, or exclude it in .gatepost.yml under scan.exclude",
            )
        return [
            Flaw(
                tool=self.name,
                rule=item["test_id"],
                severity=_severity(item),
                message=item["issue_text"],
                path=item["filename"].removeprefix("./"),
                line=item["line_number"],
                cwe=int(item.get("issue_cwe", {}).get("id", 0)),
                snippet=target.snippet(item["filename"].removeprefix("./"), item["line_number"]),
                help_url=item.get("more_info", ""),
            )
            for item in found["results"]
        ]


def _severity(item: dict[str, str]) -> Severity:
    """Take a step off what Bandit itself is unsure of."""
    severity = SEVERITY[item["issue_severity"]]
    return Severity(max(severity - 1, 1)) if item["issue_confidence"] == "LOW" else severity
