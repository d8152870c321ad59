"""Jobs that fail alike, shown once: a matrix of 256 has one cause more often than 256."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from gatepost.model import Evidence

_TELLING = 12
"""Best lines compared. Further down a log's own noise decides."""

# What differs between the jobs of one matrix though the failure is the same. The number in a name is
# part of it: `test_case_1` and `test_case_2` are two failures.
_VARYING = re.compile(
    r"""(?x)
    \b[0-9a-f]{8}-[0-9a-f-]{27}\b | 0x[0-9a-fA-F]+ | \b[0-9a-f]{7,64}\b   # UUIDs, addresses, hashes
  | (?<=[\s"'(=:])(?:[A-Za-z]:)?(?:[/\\][\w.@+ -]+)+[/\\]                  # folders above a file
  | (?<![A-Za-z_\d])\d+(?:[.:,]\d+)*                                     # numbers, versions, times
    """
)


def group_alike(items: Iterable[Evidence]) -> list[Evidence]:
    """Merge pieces that say the same into the first of them; keep the order. Names stay unique."""
    groups: dict[object, list[Evidence]] = {}
    for number, item in enumerate(items):
        groups.setdefault(_likeness(item) or number, []).append(item)
    merged = [replace(first, alike=tuple(e.subject for e in rest)) for first, *rest in groups.values()]
    return _named_apart(merged)


def _likeness(item: Evidence) -> object:
    """What two pieces share when they say the same; `None` for one that stands alone."""
    if not item.body:
        return ("nothing", _VARYING.sub("#", item.note)) if item.note else None
    lines = item.body.split("\n")[:_TELLING]
    return item.facts and item.facts.step, frozenset(_VARYING.sub("#", line).strip() for line in lines)


def _named_apart(items: list[Evidence]) -> list[Evidence]:
    """Number the names that two jobs share, since an analysis cites by name."""
    seen: dict[str, int] = {}
    for place, item in enumerate(items):
        seen[item.name] = seen.get(item.name, 0) + 1
        if seen[item.name] > 1:
            items[place] = replace(item, name=f"{item.name} [{seen[item.name]}]")
    return items
