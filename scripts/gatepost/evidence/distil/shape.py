"""What stays the same of a line from run to run, to count repetition and to compare with a passing log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import BinaryIO, Final

from gatepost.evidence.distil.clean import clean
from gatepost.evidence.distil.reader import lines

_DIGITS: Final = b"0123456789"

# Names that change with each run: hashes, temporary paths, numbers with or without a unit.
_VARIES: Final = re.compile(
    r"(?:/(?:private/)?(?:tmp|var/folders)/|[A-Za-z]:\\Temp\\)[^\s:,;'\")\]]+"
    r"|\b(?:0x)?[0-9a-f]*\d[0-9a-f]{6,}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b"
    r"|\d+(?:[.,:]\d+)*(?: ?(?:ns|[µum]?s|ms|sec(?:onds?)?|min(?:utes?)?|hours?|[KMGkmg]i?[Bb](?:/s)?|%)\b)?"
)
_SPACE: Final = re.compile(r"\s+")

MAX_SEEN: Final = 400_000
"""Distinct lines remembered of a passing log; some 40 MiB."""


def rough(raw: bytes) -> int:
    """Return a number that is equal for raw lines that differ in digits only. Cheap: one call per line."""
    return hash(raw.translate(None, _DIGITS))


def fine(text: str) -> str:
    """Return cleaned `text` without what varies between two runs of one job."""
    return _SPACE.sub(" ", _VARIES.sub("#", text)).strip()


class Seen:
    """The lines of a passing log, to tell what is new in a failing one."""

    def __init__(self, passing: BinaryIO | Iterable[bytes] | bytes) -> None:
        self._shapes: set[int] = set()
        for raw, _ in lines(passing):
            if len(self._shapes) >= MAX_SEEN:
                break
            self._shapes.add(hash(fine(clean(raw))))

    def __contains__(self, text: str) -> bool:
        return hash(fine(text)) in self._shapes

    def __len__(self) -> int:
        return len(self._shapes)
