"""What the evidence about one job says, line by line, in the order the tool printed it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gatepost.analysis.sign import Hit, find
from gatepost.analysis.signs import SIGNS
from gatepost.model import Evidence, EvidenceKind, FailureType, Quote

_QUOTED_LINES = 12
_JUDGED = (FailureType.SAST, FailureType.SCA)
_SEVERITIES = ("", "LOW", "MEDIUM", "HIGH", "CRITICAL")
_SEVERITY = re.compile(r"(?<!Confidence: )\b(LOW|MEDIUM|HIGH|CRITICAL)\b", re.IGNORECASE)
_SPEAKING = (EvidenceKind.REPORT, EvidenceKind.LOG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One sign found at one line of one piece of evidence."""

    hit: Hit
    item: Evidence
    index: int
    """0-based in the body."""

    place: int
    """Position in the order the tool printed, for neighbours."""


def read(items: Iterable[Evidence]) -> list[Found]:
    """Find every sign in what speaks for itself: machine reports, then logs. The rest only supports."""
    speaking = sorted((i for i in items if i.kind in _SPEAKING), key=lambda i: _SPEAKING.index(i.kind))
    return [found for item in speaking for found in _read_one(item)]


def _read_one(item: Evidence) -> list[Found]:
    lines = item.body.split("\n") if item.body else []
    return [
        Found(hit=hit, item=item, index=index, place=place)
        for place, index in enumerate(printed_order(item))
        for hit in find(lines[index], signs=SIGNS)
    ]


def severity(found: Found) -> int:
    """Return how severe a scanner calls its finding, from 0 (unsaid) to 4, on its line or the next two."""
    if found.place < 0 or found.hit.sign.failure not in _JUDGED:
        return 0
    lines = found.item.body.split("\n")
    near = printed_order(found.item)[found.place : found.place + 3]
    said = (word.upper() for n in near for word in _SEVERITY.findall(lines[n]))
    return max((_SEVERITIES.index(word) for word in said), default=0)


def printed_order(item: Evidence) -> list[int]:
    """Return the indices of the body's lines in the order of the original; the body has the best first."""
    count = item.body.count("\n") + 1 if item.body else 0
    if len(item.line_numbers) != count:
        return list(range(count))
    return sorted(range(count), key=item.line_numbers.__getitem__)


def quote(item: Evidence, places: Iterable[int], *, context: int) -> Quote:
    """Copy the lines at these printed positions with `context` neighbours, twelve lines at most."""
    order = printed_order(item)
    wanted = list(dict.fromkeys(places))
    around = {
        p + step for p in wanted[:1] for step in range(-context, context + 1) if 0 <= p + step < len(order)
    }
    chosen = sorted([*around, *(p for p in wanted if p not in around)][:_QUOTED_LINES])
    indices = [order[p] for p in chosen]
    mapped = len(item.line_numbers) == len(order)
    return Quote(
        evidence=item.name,
        text=item.body.pick(indices),
        line_numbers=tuple(item.line_numbers[i] for i in indices) if mapped else (),
        url=item.source if item.source.startswith("https://") else "",
    )
