"""The part of a log worth a second look, held in bounded memory while the log streams by."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log
from typing import Final

from gatepost.evidence.distil.clean import clean
from gatepost.evidence.distil.judge import judge_all
from gatepost.evidence.distil.shape import rough
from gatepost.evidence.distil.signs import is_hot, is_strong

TAIL_LINES: Final = 20_000
TAIL_BYTES: Final = 12 << 20
"""The end of the log, held whole: a log within these limits is held from first line to last."""

HELD_LINES: Final = 30_000
HELD_BYTES: Final = 16 << 20
"""Neighbourhoods of suspicious lines from before the tail."""

BEFORE: Final = 30
AFTER: Final = 60
"""Lines kept around a suspicious one."""

SHAPES: Final = 200_000
"""Distinct shapes counted; later ones count as rare."""

OPENINGS: Final = 25
"""How often lines of one shape may open a neighbourhood."""

NEAR: Final = 12
"""Lines on each side that a strong sign saves when the store is thinned."""

THINNINGS: Final = 8
"""After so many, trouble is normal in this log: only words that never are open a neighbourhood."""

Row = tuple[int, bytes, int, int]
"""Number, raw line, bytes cut from its end, rough shape."""


@dataclass(slots=True)
class Held:
    """Raw lines with their numbers, in reading order."""

    numbers: list[int] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    """Bytes cut from the end of each line."""
    counts: list[int] = field(default_factory=list)
    """How many lines of the whole log look like this one, at least 1."""
    shapes: list[int] = field(default_factory=list)
    """Equal for lines that differ in digits only."""
    total: int = 0
    bytes_read: int = 0
    first: bytes = b""
    """The first line of the log, which a long log's held part may lack."""


def hold(lines: Iterable[tuple[bytes, int]]) -> Held:
    """Read every line once; hold the tail, and what stands around suspicious lines before it."""
    shapes: dict[int, int] = {}
    tail: deque[Row] = deque()
    store = _Store(shapes)
    tail_bytes = total = seen_bytes = 0
    first = b""
    for raw, cut in lines:
        total += 1
        first = first or raw
        shape = rough(raw)
        count = shapes.get(shape, 0)
        if count or len(shapes) < SHAPES:
            shapes[shape] = count + 1
        tail.append((total, raw, cut, shape))
        size = len(raw)
        tail_bytes += size
        seen_bytes += size + cut + 1
        while len(tail) > TAIL_LINES or tail_bytes > TAIL_BYTES:
            row = tail.popleft()
            tail_bytes -= len(row[1])
            store.offer(row)
    held = Held(total=total, bytes_read=seen_bytes, first=first)
    for number, raw, cut, shape in [*store.rows(), *tail]:
        held.numbers.append(number)
        held.raws.append(raw)
        held.cuts.append(cut)
        held.shapes.append(shape)
        held.counts.append(shapes.get(shape, 1))
    return held


class _Store:
    """Neighbourhoods of suspicious lines; when full, those that state the least go first."""

    def __init__(self, shapes: dict[int, int]) -> None:
        self._shapes = shapes
        self._left: dict[int, int] = {}
        self._before: deque[Row] = deque(maxlen=BEFORE)
        self._rows: list[Row] = []
        self._bytes = 0
        self._until = 0
        self._thinned = 0

    def offer(self, row: Row) -> None:
        """Take the next line of the log, in order; keep it if it stands near trouble."""
        number, raw, _, shape = row
        left = self._left.get(shape)
        if left is None:
            left = OPENINGS if is_hot(raw) else 0
        if left and (self._thinned < THINNINGS or is_strong(raw)):
            for earlier in self._before:
                self._keep(earlier)
            self._before.clear()
            self._until = number + AFTER
            left -= 1
        if shape in self._left or len(self._left) < SHAPES:
            self._left[shape] = left
        if number <= self._until:
            self._keep(row)
        else:
            self._before.append(row)

    def rows(self) -> list[Row]:
        """Return what was kept, in reading order."""
        return self._rows

    def _keep(self, row: Row) -> None:
        self._rows.append(row)
        self._bytes += len(row[1])
        if len(self._rows) > HELD_LINES or self._bytes > HELD_BYTES:
            self._thin()

    def _thin(self) -> None:
        """Keep the half that stands near the strongest and rarest signs; ties keep the earlier."""
        self._thinned += 1
        weights = [
            found.weight / (1 + log(self._shapes.get(row[3], 1)))
            for row, found in zip(self._rows, judge_all([clean(row[1]) for row in self._rows]), strict=True)
        ]
        near = [max(weights[max(0, i - NEAR) : i + NEAR]) for i in range(len(weights))]
        ranked = sorted(range(len(near)), key=lambda i: (-near[i], i))
        self._rows = [self._rows[i] for i in sorted(ranked[: len(ranked) // 2])]
        self._bytes = sum(len(row[1]) for row in self._rows)
