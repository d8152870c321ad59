"""Semgrep with the offline rules of this package: SAST for ML code and its configuration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from gatepost.errors import UpstreamError
from gatepost.gates.scan.flaw import Flaw, Severity, Target
from gatepost.gates.scan.tools.invoke import program, report

RULES = Path(__file__).parent.parent / "rules"
SEVERITY = {"INFO": Severity.LOW, "WARNING": Severity.MEDIUM, "ERROR": Severity.HIGH}
READS = (".py", ".ipynb", ".yml", ".yaml", ".sh", "Dockerfile", ".json", ".toml", ".cfg", ".ini")


class Semgrep:
    """Finds what the rules under `rules/` describe."""

    name = "semgrep"
    about = "SAST"
    remote = False

    def __init__(self, *, rules: Path = RULES, jobs: int = 1) -> None:
        self.rules = rules
        self.jobs = jobs

    def inputs(self, target: Target) -> Sequence[str]:
        """Return the files that some rule could match."""
        return target.ending(*READS)

    def scan(self, target: Target) -> Sequence[Flaw]:
        """Run Semgrep on named files, so that its default ignore list leaves none out unseen."""
        wanted = self.inputs(target)
        argv = [program("semgrep"), "scan", "--metrics=off", "--disable-version-check", "--json", "--quiet"]
        argv += ["--jobs", str(self.jobs), "--max-target-bytes", "0", "--config", str(self.rules)]
        found = report(
            [*argv, "--", *wanted], cwd=target.root, accept=frozenset({0}), keys=("errors", "results")
        )
        _refuse_partial(found)
        return [self._flaw(item, target) for item in found["results"]]

    def _flaw(self, item: dict[str, dict[str, object]], target: Target) -> Flaw:
        extra: dict = item["extra"]  # type: ignore[type-arg]
        path, line = str(item["path"]), int(str(item["start"]["line"]))
        meta = extra.get("metadata", {})
        cwe = re.search(r"CWE-(\d+)", str(meta.get("cwe", "")))
        return Flaw(
            tool=self.name,
            rule=str(item["check_id"]).rpartition(".")[2],
            severity=SEVERITY.get(extra["severity"], Severity.MEDIUM),
            message=" ".join(extra["message"].split()),
            path=path,
            line=line,
            cwe=int(cwe[1]) if cwe else 0,
            snippet=target.snippet(path, line),
            help_url=str(meta.get("help", "")),
        )


def _refuse_partial(found: dict[str, list[dict[str, str]]]) -> None:
    """Raise when Semgrep says that it could not read something it was given."""
    errors = [e for e in found["errors"] if e.get("level") in {"error", "warn"}]
    if errors:
        first = errors[0]
        message = " ".join(str(first.get("message", "no message")).split())[:200]
        raise UpstreamError(
            f"semgrep could not read {len(errors)} input(s), first {first.get('path', '?')!r}: {message}",
            fix="mend the file, or exclude it in .gatepost.yml under scan.exclude",
        )
