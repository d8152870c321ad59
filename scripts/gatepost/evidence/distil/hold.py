"""The part of a log worth a second look, held in bounded memory while the log streams by."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from gatepost.evidence.distil.shape import rough
from gatepost.evidence.distil.signs import is_hot

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
    tail: deque[tuple[int, bytes, int, int]] = deque()
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
    """Neighbourhoods of suspicious lines; when full, those around the most repeated lines go first."""

    def __init__(self, shapes: dict[int, int]) -> None:
        self._shapes = shapes
        self._left: dict[int, int] = {}
        self._before: deque[tuple[int, bytes, int, int]] = deque(maxlen=BEFORE)
        self._rows: list[tuple[int, bytes, int, int]] = []
        self._bytes = 0
        self._until = 0

    def offer(self, row: tuple[int, bytes, int, int]) -> None:
        number, raw, _, shape = row
        left = self._left.get(shape)
        if left is None:
            left = OPENINGS if is_hot(raw) else 0
        if left:
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

    def rows(self) -> list[tuple[int, bytes, int, int]]:
        return self._rows

    def _keep(self, row: tuple[int, bytes, int, int]) -> None:
        self._rows.append(row)
        self._bytes += len(row[1])
        if len(self._rows) > HELD_LINES or self._bytes > HELD_BYTES:
            self._thin()

    def _thin(self) -> None:
        """Drop the half whose lines are most repeated; ties keep the earlier, where failures begin."""
        ranked = sorted(self._rows, key=lambda row: (self._shapes.get(row[3], 1), row[0]))
        self._rows = sorted(ranked[: len(ranked) // 2])
        self._bytes = sum(len(row[1]) for row in self._rows)
