"""A gate's verdict for people: a table on a terminal, markdown for a summary or a comment."""

from __future__ import annotations

from gatepost.model import Finding, Level, Verdict
from gatepost.safety import SafeMarkdown, sanitise
from gatepost.safety.markdown import code, inline

SHOWN = 50
"""Findings listed; the rest are counted."""

_SIGN = {Level.ERROR: "❌", Level.WARNING: "⚠️", Level.NOTE: "➖"}
_COLOUR = {Level.ERROR: "31", Level.WARNING: "33", Level.NOTE: "2"}


def place(finding: Finding) -> str:
    """Return `path:line`, `path`, or nothing."""
    return f"{finding.path}:{finding.line}" if finding.path and finding.line else finding.path


def headline(verdict: Verdict) -> str:
    """Say in one line how the gate decided, with counts."""
    stops = sum(f.level is Level.ERROR for f in verdict.findings)
    others = len(verdict.findings) - stops
    told = f", {others} other finding{'s' * (others != 1)}" if others else ""
    if verdict.passed:
        return f"{verdict.gate} passed{told}"
    return f"{verdict.gate} stopped the delivery: {stops} finding{'s' * (stops != 1)}{told}"


def terminal(verdict: Verdict, *, colour: bool) -> str:
    """Render for a person at a terminal, worst first."""
    lines = [f"{'✓' if verdict.passed else '✗'} {headline(verdict)}"]
    lines += [f"  {name}: {value}" for name, value in verdict.facts if value]
    for finding in verdict.findings[:SHOWN]:
        level = f"{finding.level.value:7}"
        if colour:
            level = f"\x1b[{_COLOUR[finding.level]}m{level}\x1b[0m"
        where = f"{place(finding)} " if finding.path else ""
        lines.append(f"  {level} {where}{finding.message} [{finding.rule}]")
    lines += _more(verdict)
    return "\n".join(lines) + "\n"


def markdown(verdict: Verdict, *, repository: str, server: str, sha: str = "") -> SafeMarkdown:
    """Render for a job summary or a comment; places link into `repository` at `sha` when both are known."""
    lines = [f"### {'✅' if verdict.passed else '❌'} {inline(headline(verdict))}", ""]
    if verdict.facts:
        lines += ["| | |", "|---|---|"]
        lines += [f"| {inline(name)} | {inline(value)} |" for name, value in verdict.facts if value] + [""]
    lines += finding_lines(verdict, base=f"{server}/{repository}/blob/{sha}" if repository and sha else "")
    return sanitise("\n".join(lines), repository=repository or "local/local", server=server)


def finding_lines(verdict: Verdict, *, base: str) -> list[str]:
    """Return the table of findings, worst first as the gate gave them; `base` is where places link to."""
    if not verdict.findings:
        return []
    rows = [_row(f, base) for f in verdict.findings[:SHOWN]]
    return ["| | where | what | rule |", "|---|---|---|---|", *rows, "", *map(inline, _more(verdict))]


def _row(finding: Finding, base: str) -> str:
    where = code(place(finding)) if finding.path else ""
    if where and base and " " not in finding.path:
        anchor = f"#L{finding.line}" if finding.line else ""
        where = f"[{where}]({base}/{finding.path}{anchor})"
    tools = f" ({', '.join(finding.tools)})" if len(finding.tools) > 1 else ""
    return f"| {_SIGN[finding.level]} | {where} | {inline(finding.message)} | {code(finding.rule)}{tools} |"


def _more(verdict: Verdict) -> list[str]:
    left = len(verdict.findings) - SHOWN
    return [f"  … and {left} more"] if left > 0 else []
