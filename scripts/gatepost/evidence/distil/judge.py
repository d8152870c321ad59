"""How much trouble one line states, by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from gatepost.evidence.distil.calm import BENIGN, ECHO, SMOOTH
from gatepost.evidence.distil.grammars import GRAMMARS
from gatepost.evidence.distil.sign import Reach, Sign
from gatepost.evidence.distil.signs import GENERAL

JUDGED_CHARS: Final = 1500
"""Of a longer line only the head is judged."""

SMOOTHED: Final = 0.25
ECHOED: Final = 0.3
"""What is left of a sign's weight in a line of success or progress, and in an echoed command."""


class Judgement(NamedTuple):
    """What one line states by itself."""

    weight: float
    sign: Sign | None
    """The strongest one."""
    tool: str
    """Recognised by any sign; may be another than the strongest one's."""


NOTHING: Final = Judgement(0.0, None, "")


class _Entry(NamedTuple):
    stem: str
    sign: Sign
    general: bool


@cache
def _table() -> tuple[tuple[str, tuple[_Entry, ...]], ...]:
    """
    Group the signs by a root that all their stems contain, strongest first.

    Most lines hold no root at all, so that looking for these few short strings is all they cost.
    """
    entries = [
        _Entry(stem, item, general)
        for signs, general in ((GRAMMARS, False), (GENERAL, True))
        for item in signs
        for stem in item.stems
    ]
    stems = sorted({entry.stem for entry in entries}, key=lambda stem: (len(stem), stem))
    roots: list[str] = []
    for stem in stems:
        if not any(root in stem for root in roots):
            roots.append(stem)
    grouped: defaultdict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        grouped[next(root for root in roots if root in entry.stem)].append(entry)
    return tuple((root, tuple(sorted(grouped[root], key=lambda e: -e.sign.weight))) for root in roots)


BATCH: Final = 32
"""Lines searched for roots together: one search of 3 kB costs a fraction of thirty-two searches."""


def judge_all(texts: Sequence[str]) -> list[Judgement]:
    """Weigh each cleaned line by the strongest sign in it."""
    found: list[Judgement] = []
    table = _table()
    for start in range(0, len(texts), BATCH):
        heads = [text[:JUDGED_CHARS] for text in texts[start : start + BATCH]]
        lows = [head.lower() for head in heads]
        joined = "\n".join(lows)
        near = [row for row in table if row[0] in joined]
        for head, low in zip(heads, lows, strict=True):
            present = [entries for root, entries in near if root in low]
            found.append(_weigh(head, low, present) if present else NOTHING)
    return found


def judge(text: str) -> Judgement:
    """Weigh one cleaned line."""
    return judge_all([text])[0]


def _weigh(head: str, low: str, present: list[tuple[_Entry, ...]]) -> Judgement:
    best: Sign | None = None
    tool = ""
    weight = tool_weight = 0.0
    neutral = ""
    for entries in present:
        for stem, item, general in entries:
            if item.weight <= weight and (not item.tool or item.weight <= tool_weight):
                continue
            if stem in low and item.pattern.search(head):
                if general:
                    neutral = neutral or BENIGN.sub("", head)
                    if not item.pattern.search(neutral):
                        continue
                if item.weight > weight:
                    best, weight = item, item.weight
                if item.tool:
                    tool, tool_weight = item.tool, item.weight
    if best is None:
        return NOTHING
    if SMOOTH.search(head):
        return Judgement(weight * SMOOTHED, best, "")
    if best.reach is not Reach.MARK and ECHO.match(head):
        return Judgement(weight * ECHOED, best, "")
    return Judgement(weight, best, tool)
