"""What the evidence about one job says, line by line, in the order the tool printed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from gatepost.analysis.sign import Hit, bare, match
from gatepost.analysis.signs import SIGNS
from gatepost.model import Evidence, EvidenceKind, Facts, FailureType, Quote

_QUOTED_LINES = 12
_NEIGHBOURS = 6
_LEAST_NEIGHBOURS = 3
# Not a rule, an empty line or a fold of the runner's own.
_SPEAKS = re.compile(r"^(?!.*##\[(?:end)?group\]).*\w")
_JUDGED = (FailureType.SAST, FailureType.SCA)
_SEVERITIES = ("", "LOW", "MEDIUM", "HIGH", "CRITICAL")
_SEVERITY = re.compile(r"(?<!Confidence: )\b(LOW|MEDIUM|HIGH|CRITICAL)\b", re.IGNORECASE)
_CONCLUSIONS = {"timed_out": "The job ran into a time limit", "startup_failure": "Invalid workflow file"}
_BY_RANK = {rank: tuple(s for s in SIGNS if s.rank == rank) for rank in {s.rank for s in SIGNS}}
_RANKS = sorted(_BY_RANK, reverse=True)
_SPEAKING = (EvidenceKind.REPORT, EvidenceKind.LOG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of evidence, ready to be searched."""

    text: str
    item: Evidence
    place: int
    """Position in the order the tool printed, for neighbours; -1 for what was not printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One sign found at one line of one piece of evidence."""

    hit: Hit
    line: Line


def lines_of(items: Iterable[Evidence]) -> list[Line]:
    """List what speaks for itself: machine reports, then logs, then the facts. The rest only supports."""
    speaking = sorted((i for i in items if i.kind in _SPEAKING), key=lambda i: _SPEAKING.index(i.kind))
    return [line for item in speaking for line in (*_printed(item), *_stated(item))]


def highest(lines: Sequence[Line], *, codes: Set[int]) -> list[Found]:
    """
    Return what is found at the highest rank at which anything is found, in the order printed.

    A sign that needs an exit code counts only when it is one of `codes`.
    """
    for rank in _RANKS:
        found = [Found(hit=hit, line=line) for line in lines for hit in _hits(line.text, rank)]
        if telling := [f for f in found if f.hit.sign.confirmed_by in (0, *codes)]:
            return telling
    return []


@lru_cache(maxsize=8_192)  # the jobs of a matrix print the same lines
def _hits(text: str, rank: int) -> tuple[Hit, ...]:
    return tuple(hit for sign in _BY_RANK[rank] if (hit := match(sign, text)))


def _printed(item: Evidence) -> Iterator[Line]:
    lines = item.body.split("\n") if item.body else []
    for place, index in enumerate(printed_order(item)):
        yield Line(text=bare(lines[index]), item=item, place=place)


def _stated(item: Evidence) -> Iterator[Line]:
    """Word the exit code and the conclusion as a shell and a runner would have printed them."""
    facts = item.facts or Facts()
    for code in facts.exit_codes[-1:]:
        yield Line(text=f"exited with code {code}", item=item, place=-1)
    if said := _CONCLUSIONS.get(facts.conclusion):
        yield Line(text=said, item=item, place=-1)


def severity(found: Found) -> int:
    """Return how severe a scanner calls its finding, from 0 (unsaid) to 4, on its line or the next two."""
    item, place = found.line.item, found.line.place
    if place < 0 or found.hit.sign.failure not in _JUDGED:
        return 0
    lines = item.body.split("\n")
    near = printed_order(item)[place : place + 3]
    said = (word.upper() for n in near for word in _SEVERITY.findall(lines[n]))
    return max((_SEVERITIES.index(word) for word in said), default=0)


def printed_order(item: Evidence) -> list[int]:
    """Return the indices of the body's lines in the order of the original; the body has the best first."""
    count = item.body.count("\n") + 1 if item.body else 0
    if len(item.line_numbers) != count:
        return list(range(count))
    return sorted(range(count), key=item.line_numbers.__getitem__)


def quote(item: Evidence, places: Iterable[int], *, context: int) -> Quote:
    """
    Copy the lines at these printed positions, twelve lines at most.

    What room they leave goes to the best lines up to `context` positions from the first of them.
    """
    order = printed_order(item)
    lines = item.body.split("\n")
    wanted = list(dict.fromkeys(places))[: _QUOTED_LINES - (_LEAST_NEIGHBOURS if context else 0)]
    around = [
        p
        for step in range(1, context + 1)
        for p in (wanted[0] - step, wanted[0] + step)
        if 0 <= p < len(order) and p not in wanted and _SPEAKS.search(lines[order[p]])
    ]
    # The body has its best lines first.
    best = sorted(around, key=order.__getitem__)[: min(_NEIGHBOURS, _QUOTED_LINES - len(wanted))]
    indices = [order[p] for p in sorted([*wanted, *best])]
    mapped = len(item.line_numbers) == len(order)
    return Quote(
        evidence=item.name,
        text=item.body.pick(indices),
        line_numbers=tuple(item.line_numbers[i] for i in indices) if mapped else (),
        url=item.source if item.source.startswith("https://") else "",
    )
