"""Run every scanner side by side and make one verdict of what they find."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from gatepost.config import Suppression
from gatepost.errors import GatepostError, UpstreamError
from gatepost.gates.scan.accept import Baseline, covers, expired
from gatepost.gates.scan.flaw import Flaw, Scanner, Severity, Target
from gatepost.gates.scan.merge import Merged, merge
from gatepost.model import Finding, Level, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What one scanner did."""

    scanner: str
    about: str
    files: int
    """How many files it was given; 0 means that there was nothing of its kind."""

    flaws: tuple[Flaw, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Everything the scanners found, before anyone decides."""

    results: tuple[Scanned, ...]

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """All flaws, in the order of the scanners."""
        return tuple(flaw for result in self.results for flaw in result.flaws)

    def judge(
        self,
        *,
        fail_on: Severity,
        today: date,
        suppressions: Sequence[Suppression] = (),
        baseline: Baseline | None = None,
    ) -> Verdict:
        """Turn flaws into findings: new, unexcused ones of `fail_on` or worse stop the delivery."""
        findings = [
            _finding(m, fail_on=fail_on, today=today, suppressions=suppressions, baseline=baseline)
            for m in merge(self.flaws)
        ]
        findings += [
            Finding(
                rule="scan/expired-suppression",
                level=Level.WARNING,
                message=f"the suppression of {s.rule} in {s.path} ended on {s.expires}: {s.reason}",
            )
            for s in expired(suppressions, today=today)
        ]
        order = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}
        findings.sort(key=lambda f: (order[f.level], f.path, f.line))
        facts = [("scanners", ", ".join(f"{r.scanner} ({r.files} files)" for r in self.results if r.files))]
        if idle := [r.scanner for r in self.results if not r.files]:
            facts.append(("nothing to scan for", ", ".join(idle)))
        return Verdict(gate="scan", findings=tuple(findings), facts=tuple(facts))


def scan(target: Target, scanners: Sequence[Scanner]) -> Scan:
    """
    Run `scanners` side by side: as many at once as there are cores, and those that wait for a server besides.

    They start in their order, so put the slowest first. Raises `UpstreamError` naming every scanner that
    could not decide: one that is missing must not hide behind one that found nothing.
    """
    failures: dict[str, GatepostError] = {}

    def one(scanner: Scanner) -> Scanned:
        files = len(scanner.inputs(target))
        started = time.monotonic()
        try:
            flaws = tuple(scanner.scan(target)) if files else ()
        except GatepostError as error:
            failures[scanner.name] = error
            flaws = ()
        seconds = time.monotonic() - started
        return Scanned(scanner=scanner.name, about=scanner.about, files=files, flaws=flaws, seconds=seconds)

    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as local, ThreadPoolExecutor(len(scanners) or 1) as remote:
        begun = [(remote if s.remote else local).submit(one, s) for s in scanners]
        results = tuple(future.result() for future in begun)
    if failures:
        # In the order of the scanners, whichever gave up first.
        told = [failures[s.name] for s in scanners if s.name in failures]
        raise UpstreamError(
            "scan cannot decide: " + "; ".join(f.what for f in told), fix="; ".join(f.fix for f in told)
        )
    return Scan(results=results)


def _finding(
    merged: Merged,
    *,
    fail_on: Severity,
    today: date,
    suppressions: Sequence[Suppression],
    baseline: Baseline | None,
) -> Finding:
    flaw = merged.first
    level = Level.ERROR if flaw.severity >= fail_on else Level.WARNING
    excuse = ""
    if held := next((s for f in merged.flaws for s in suppressions if covers(s, f, today=today)), None):
        excuse = f" (accepted until {held.expires}: {held.reason})"
    elif baseline is not None and any(f.identity in baseline.identities for f in merged.flaws):
        excuse = " (in the baseline)"
    return Finding(
        rule=f"{flaw.tool}/{flaw.rule}",
        level=Level.NOTE if excuse else level,
        message=f"{flaw.severity.label}: {flaw.message}{excuse}",
        path=flaw.path,
        line=flaw.line,
        tools=merged.tools,
        help_url=flaw.help_url,
        fingerprint=flaw.identity,
        cwe=flaw.cwe,
    )
