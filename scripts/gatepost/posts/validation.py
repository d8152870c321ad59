"""The validation of a model for people: decision first, metrics, slices, and a chart through the versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gatepost.model import Verdict
from gatepost.posts.verdict import markdown as verdict_markdown
from gatepost.safety import SafeMarkdown, chart, sanitise
from gatepost.safety.markdown import inline


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One metric of the challenger beside the champion's."""

    name: str
    challenger: float
    champion: float | None
    limit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceRow:
    """One slice as it is shown; numbers already formatted."""

    name: str
    rows: int
    accuracy: str
    against: str


def markdown(
    verdict: Verdict,
    *,
    metrics: Sequence[MetricRow],
    slices: Sequence[SliceRow],
    history: Sequence[tuple[str, Mapping[str, float]]],
    shown: str,
    limit: float | None,
    repository: str,
    server: str,
) -> SafeMarkdown:
    """Render it all; `shown` is the metric drawn through `history`, `limit` its threshold."""
    head = verdict_markdown(verdict, repository=repository, server=server)
    tables = "\n".join([*metric_lines(metrics), *_slices(slices)])
    body = sanitise(tables, repository=repository or "local/local", server=server)
    drawn = through_versions(history, shown=shown, limit=limit)
    return SafeMarkdown.join_all([head, body, *drawn], between="\n\n")


def through_versions(
    history: Sequence[tuple[str, Mapping[str, float]]], *, shown: str, limit: float | None
) -> list[SafeMarkdown]:
    """Draw one metric through the versions; nothing when there are fewer than two to draw."""
    points = [(f"v{version}", values[shown]) for version, values in history if shown in values]
    drawn = chart(f"{shown} through the versions", points, limit=limit)
    return [drawn] if drawn and len(points) > 1 else []


def metric_lines(rows: Sequence[MetricRow]) -> Iterator[str]:
    """Yield the table of metrics against the champion's."""
    yield from ("| metric | challenger | champion | change | limit |", "|---|---|---|---|---|")
    for row in rows:
        champion = "" if row.champion is None else f"{row.champion:.4f}"
        change = "" if row.champion is None else f"{row.challenger - row.champion:+.4f}"
        yield f"| {inline(row.name)} | {row.challenger:.4f} | {champion} | {change} | {inline(row.limit)} |"
    yield ""


def _slices(rows: Sequence[SliceRow]) -> Iterator[str]:
    if not rows:
        return
    yield from ("| slice | rows | accuracy | against the champion |", "|---|---|---|---|")
    for row in rows:
        yield f"| {inline(row.name)} | {row.rows} | {row.accuracy} | {inline(row.against)} |"
