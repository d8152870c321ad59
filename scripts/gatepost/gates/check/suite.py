"""The repository's own tests under pytest, with a JUnit report and coverage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from gatepost.clients.process import Finished, run
from gatepost.errors import ConfigError, UpstreamError
from gatepost.gates.environment import python_of
from gatepost.model import Finding, Level
from gatepost.safety.limits import read_json, read_xml

FAILED, INTERRUPTED, NO_TESTS = 1, 2, 5
MAX_REPORT_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What one run of the tests said."""

    ran: int
    failed: int
    skipped: int
    seconds: float
    coverage: float | None
    """Share of statements in percent, or `None` when pytest-cov is not there."""

    findings: tuple[Finding, ...]


def run_tests(
    root: Path,
    *,
    reports: Path,
    env: Mapping[str, str],
    timeout_s: float,
    on_line: Callable[[bytes], None] | None = None,
) -> Tested:
    """
    Run pytest in the repository's Python; write `junit.xml` and `coverage.json` into `reports`.

    Raises `UpstreamError` when the tests could not be run, which is not the same as failing.
    """
    python = python_of(root, env)
    reports.mkdir(parents=True, exist_ok=True)
    junit, coverage = reports / "junit.xml", reports / "coverage.json"
    for stale in (junit, coverage):
        stale.unlink(missing_ok=True)
    argv = [python, "-m", "pytest", f"--junitxml={junit}", "-o", "junit_family=xunit1", "--color=no"]
    if run([python, "-c", "import pytest_cov"], cwd=root, timeout_s=60, env=env).exit_code == 0:
        argv += ["--cov=.", f"--cov-report=json:{coverage}", "--cov-report="]
    done = run(argv, cwd=root, timeout_s=timeout_s, env=env, on_line=on_line)
    if done.stopped or done.exit_code not in {0, FAILED, INTERRUPTED, NO_TESTS} or not junit.is_file():
        raise _not_run(done, timeout_s)
    tested = _read(junit, coverage, seconds=done.seconds)
    # A module that cannot be imported interrupts pytest too, and stands in the report as failed.
    if done.exit_code in {FAILED, INTERRUPTED} and not tested.failed:
        raise _not_run(done, timeout_s)
    return tested


def _read(junit: Path, coverage: Path, *, seconds: float) -> Tested:
    report = read_xml(junit.read_bytes(), what="pytest's JUnit report", max_bytes=MAX_REPORT_BYTES)
    cases = list(report.iter("testcase"))
    bad = [(case, fault) for case in cases if (fault := _fault(case)) is not None]
    findings = tuple(_finding(case, fault) for case, fault in bad)
    if not cases:
        findings = (Finding(rule="check/no-tests", level=Level.ERROR, message="pytest found no test to run"),)
    return Tested(
        ran=len(cases),
        failed=len(bad),
        skipped=sum(case.find("skipped") is not None for case in cases),
        seconds=seconds,
        coverage=_percent(coverage) if coverage.is_file() else None,
        findings=findings,
    )


def _percent(coverage: Path) -> float:
    what = "the coverage report"
    totals = read_json(coverage.read_bytes(), what=what, max_bytes=MAX_REPORT_BYTES).get("totals")
    percent = totals.get("percent_covered") if isinstance(totals, dict) else None
    if not isinstance(percent, int | float) or not 0 <= percent <= 100:
        raise ConfigError(
            f"{what} names no total: {str(percent)[:40]}",
            fix="look at which test writes reports/coverage.json",
        )
    return float(percent)


def _fault(case: Element) -> Element | None:
    failure = case.find("failure")
    return failure if failure is not None else case.find("error")


def _finding(case: Element, fault: Element) -> Finding:
    name = f"{case.get('classname', '')}.{case.get('name', '')}".strip(".")
    said = " ".join((fault.get("message") or fault.text or "").split())[:300]
    path, line = _place(case, fault)
    return Finding(
        rule="check/test-failed",
        level=Level.ERROR,
        message=f"{name}: {said or 'no message'}",
        path=path,
        line=line,
        tools=("pytest",),
    )


def _place(case: Element, fault: Element) -> tuple[str, int]:
    """Return the last line of the test's own file that the traceback names, else where the test begins."""
    path = case.get("file", "")
    named = re.findall(rf"^{re.escape(path)}:(\d+): ", fault.text or "", re.MULTILINE) if path else []
    if named:
        return path, int(named[-1])
    # The attribute counts from 0.
    return path, int(case.get("line", "-1")) + 1


def _not_run(done: Finished, timeout_s: float) -> UpstreamError:
    if done.stopped:
        return UpstreamError(
            f"the tests did not finish within {timeout_s:.0f} s",
            fix="mend the test that hangs, or raise --timeout",
        )
    if b"No module named pytest" in done.stderr:
        return UpstreamError(
            "pytest is not installed in the repository's Python", fix="add it to its development requirements"
        )
    said = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()[-3:]
    return UpstreamError(
        f"pytest could not run the tests (exit code {done.exit_code}): {' / '.join(said)}",
        fix="run `python -m pytest` in the repository and mend what stops it",
    )
