"""What a sign of trouble is: a row of the tables in `signs` and `grammars`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum


class Reach(IntEnum):
    """How far a sign speaks for the lines around it."""

    LINE = 0
    """For itself, and weakly for its neighbours."""
    BLOCK = 1
    """For the block it heads or stands in: a stack, a diff, an indented message."""
    SECTION = 2
    """For a list under it, across blank lines."""
    MARK = 3
    """For what was printed before it: a command or step that ended badly."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One way of stating trouble."""

    stems: tuple[str, ...]
    """Lower case; a line without any of them is not tried against the pattern."""

    pattern: re.Pattern[str]
    """Searched in cleaned text."""

    weight: float
    """From 1, a hint, to 10, states a cause outright."""

    reach: Reach = Reach.LINE

    tool: str = ""
    """Whose grammar it is; empty when many tools write so."""


def sign(stems: str, pattern: str, weight: float, reach: Reach = Reach.LINE, *, tool: str = "") -> Sign:
    """Write a table row: `stems` are parted by spaces; `~` in a stem stands for a space."""
    return Sign(
        tuple(stem.replace("~", " ") for stem in stems.split()), re.compile(pattern), weight, reach, tool
    )
