"""The foot of a post: what was cut or missing, who read it, at what cost, about which run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatepost.model import Evidence, EvidenceKind, Run, Signal, Usage
from gatepost.posts.layout import Links, prose
from gatepost.report import Report
from gatepost.safety.markdown import code, inline

_MISSING = 20
_COMPARISON = re.compile(r"/compare/[0-9a-f]{7,64}\.\.\.[0-9a-f]{7,64}$")


def footer(report: Report, *, signal: Signal, links: Links) -> Iterator[str]:
    """Yield what the reader should know about how far to trust the post."""
    missing = [line for item in report.sources for line in _missing(item)]
    if missing:
        shown = [f"- {line}" for line in missing[:_MISSING]]
        if len(missing) > _MISSING:
            shown.append(f"- and {len(missing) - _MISSING} more")
        title = "What was cut, and what could not be read"
        yield "\n\n".join([f"<details><summary>{title}</summary>", "\n".join(shown), "</details>"])
    if report.analysis.notes:
        yield "\n".join(f"> {prose(note)}" for note in report.analysis.notes)
    yield "***"
    parts = (_run(signal, links), links.commit(), _changed(report, links), _reader(report))
    yield " · ".join(part for part in parts if part)


def _missing(item: Evidence) -> Iterator[str]:
    if item.note:
        yield f"{code(item.name)}: {inline(item.note)}"
    if item.dropped_lines:
        yield f"{code(item.name)}: {item.dropped_lines:,} further lines are only in the original."


def _run(signal: Signal, links: Links) -> str:
    if not isinstance(signal, Run):
        return inline(signal.subject)
    attempt = f", attempt {signal.attempt}" if signal.attempt > 1 else ""
    url = links.own(signal.url)
    name = inline(signal.workflow) or "run"
    return (
        f"[{name}, run {signal.run_id}]({url}){attempt}" if url else f"{name}, run {signal.run_id}{attempt}"
    )


def _changed(report: Report, links: Links) -> str:
    """Link the comparison with the last green run, where there is one."""
    urls = (links.own(item.source) for item in report.sources if item.kind is EvidenceKind.CHANGES)
    url = next((url for url in urls if _COMPARISON.search(url)), "")
    return f"[what changed since it passed]({url})" if url else ""


def _reader(report: Report) -> str:
    analysis = report.analysis
    if analysis.author == "rules":
        return f"read by rules, without a model{_cost(analysis.usage)}"
    return f"read by {code(analysis.author)}{_cost(analysis.usage)}"


def _cost(usage: Usage | None) -> str:
    if usage is None:
        return ""
    cached = f", {usage.cached_tokens:,} of them cached" if usage.cached_tokens else ""
    return f", for {usage.input_tokens:,} tokens in{cached} and {usage.output_tokens:,} out"
