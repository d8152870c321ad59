"""Lint and test at the same time, and make one verdict of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gatepost.gates.check.lint import lint
from gatepost.gates.check.suite import Tested, run_tests
from gatepost.model import Finding, Level, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the linter and the tests said."""

    linter: str
    lint: tuple[Finding, ...]
    tests: Tested

    def judge(self, *, min_coverage: float = 0.0) -> Verdict:
        """Stop on any finding, and on coverage below `min_coverage` percent or unknown when one is asked."""
        findings = [*self.lint, *self.tests.findings]
        covered = self.tests.coverage
        if min_coverage and (covered is None or covered < min_coverage):
            said = "is not known: pytest-cov is not installed" if covered is None else f"is {covered:.1f} %"
            findings.append(
                Finding(
                    rule="check/coverage",
                    level=Level.ERROR,
                    message=f"coverage {said}; at least {min_coverage:.1f} % is asked",
                )
            )
        tests = self.tests
        facts = [
            ("linter", self.linter),
            ("tests", f"{tests.ran} run, {tests.failed} failed, {tests.skipped} skipped"),
            ("coverage", "unknown" if covered is None else f"{covered:.1f} %"),
        ]
        return Verdict(gate="check", findings=tuple(findings), facts=tuple(facts))


def check(
    root: Path,
    *,
    reports: Path,
    env: Mapping[str, str],
    timeout_s: float,
    on_line: Callable[[bytes], None] | None = None,
) -> Checked:
    """Run both in the environment `env`; raises when either could not be run."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        linting = pool.submit(lint, root, env=env)
        tests = run_tests(root, reports=reports, env=env, timeout_s=timeout_s, on_line=on_line)
        linter, findings = linting.result()
    return Checked(linter=linter, lint=findings, tests=tests)
