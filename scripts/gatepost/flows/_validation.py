"""From the validation's values to the page that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gatepost.clients.mlflow import Version
from gatepost.config.contract import Contract, Threshold
from gatepost.gates.validate import Validated
from gatepost.gates.validate.gate import Slice
from gatepost.posts.validation import MetricRow, SliceRow, markdown
from gatepost.safety import SafeMarkdown


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a validation report is made of."""

    contract: Contract
    result: Validated
    history: Sequence[tuple[Version, dict[str, float]]]
    challenger: Version
    champion: Version | None


def page(told: Told, *, repository: str, server: str) -> SafeMarkdown:
    """Render the report; the first metric with a threshold is the one drawn through the versions."""
    of = {version.number: metrics for version, metrics in told.history}
    mine = of.get(told.challenger.number, {})
    theirs = of.get(told.champion.number, {}) if told.champion else {}
    limits = told.contract.validate.thresholds
    shown = next(iter(limits), told.contract.validate.compare)
    limit = limits.get(shown, Threshold())
    rows = [
        MetricRow(name=n, challenger=v, champion=theirs.get(n), limit=_limit(limits.get(n)))
        for n, v in mine.items()
    ]
    return markdown(
        told.result.verdict,
        metrics=rows,
        slices=[_slice(s) for s in told.result.slices],
        history=[(v.number, m) for v, m in told.history],
        shown=shown,
        limit=limit.least if limit.least is not None else limit.most,
        repository=repository,
        server=server,
    )


def _limit(limit: Threshold | None) -> str:
    if limit is None:
        return ""
    bounds = (("≥", limit.least), ("≤", limit.most))
    return ", ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)


def _slice(part: Slice) -> SliceRow:
    against = "not decidable"
    if part.against is not None:
        change = part.against.challenger - part.against.champion
        against = f"mean loss {change:+.4f} (p worse = {part.against.p_worse:.2g})"
    return SliceRow(name=part.name, rows=part.rows, accuracy=f"{part.accuracy:.4f}", against=against)
