"""The best lines within a budget of lines and bytes."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest
from typing import Final, NamedTuple

from gatepost.evidence.distil.page import Page
from gatepost.evidence.distil.rank import DEFAULT, Ranking, Weights
from gatepost.evidence.distil.shape import fine

FAVOURED: Final = 10
"""So many of the best lines may each take up to `FAVOURED_BYTES` before the rest share what is left."""
FAVOURED_BYTES: Final = 400

SHORTEST: Final = 48
"""Bytes below which a clipped line says too little: the last lines go instead."""

SHAPE_CHARS: Final = 300

CONTENDERS: Final = 10
"""Lines compared for each one kept; a line past these cannot win by being less of a repeat."""


class Picked(NamedTuple):
    """One chosen line of a page."""

    line: int
    """Index into the page."""
    score: float


def pick(page: Page, ranking: Ranking, *, max_lines: int, w: Weights = DEFAULT) -> list[Picked]:
    """Return the best lines, best first; a line like an earlier one counts less each time."""
    least = w.least * max(ranking.scores, default=0.0)
    able = [i for i, score in enumerate(ranking.scores) if score > least and page.texts[i]]
    able = sorted(nlargest(max_lines * CONTENDERS, able, key=ranking.scores.__getitem__))
    met: dict[str, tuple[float, int]] = {}
    ranked: list[tuple[float, int, float]] = []
    for i in able:
        score = ranking.scores[i]
        shape = fine(page.texts[i][:SHAPE_CHARS])
        number = page.numbers[i]
        factor, before = met.get(shape, (0.0, 0))
        factor = factor * (w.repeat_near if number - before <= w.near_lines else w.repeat) if factor else 1.0
        met[shape] = (factor, number)
        ranked.append((score * factor, i, ranking.orders[i] * factor))
    ranked.sort(key=lambda row: (-row[0], row[1]))
    kept = sorted(ranked[:max_lines], key=lambda row: (-round(row[2], 1), row[1]))
    return [Picked(i, order) for _, i, order in kept]


def fit(sizes: Sequence[int], *, max_bytes: int) -> list[int]:
    """
    Return how many bytes each line may take, newline included in the sum, best line first.

    Short lines leave their share to long ones. When even `SHORTEST` bytes each are too many,
    fewer caps than sizes come back: the last lines are dropped.
    """
    kept = len(sizes)
    while kept and sum(min(size, SHORTEST) + 1 for size in sizes[:kept]) > max_bytes:
        kept -= 1
    caps = [min(size, SHORTEST) for size in sizes[:kept]]
    left = max_bytes - sum(caps) - kept
    for i in range(min(FAVOURED, kept)):
        more = min(left, min(sizes[i], FAVOURED_BYTES) - caps[i])
        caps[i] += max(0, more)
        left -= max(0, more)
    for done, i in enumerate(sorted(range(kept), key=lambda i: sizes[i] - caps[i])):
        more = min(sizes[i] - caps[i], left // (kept - done))
        caps[i] += more
        left -= more
    return caps


def clip(text: str, *, max_bytes: int) -> str:
    """Cut `text` to `max_bytes` of UTF-8, never inside a character; a marker tells its whole length."""
    if len(raw := text.encode("utf-8", "replace")) <= max_bytes:
        return raw.decode()
    marker = f" [\u2026{len(text)} characters]"
    room = max(0, max_bytes - len(marker.encode()))
    return (
        raw[:room].decode("utf-8", "ignore") + marker if room else raw[:max_bytes].decode("utf-8", "ignore")
    )
