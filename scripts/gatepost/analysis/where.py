"""Where to look: the places that the evidence names, as the repository names them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from gatepost.analysis.reading import Found
from gatepost.model import Evidence, EvidenceKind, Place

_MOST = 3


def shown_files(evidence: Iterable[Evidence]) -> frozenset[str]:
    """Return the files whose source was read: these are in the repository beyond doubt."""
    return frozenset(e.subject for e in evidence if e.kind is EvidenceKind.SOURCE)


def places(
    same: Sequence[Found],
    items: Sequence[Evidence],
    *,
    raised: Sequence[tuple[str, str]] = (),
    files: Collection[str] = (),
) -> tuple[Place, ...]:
    """
    Name locations inside the repository: those the log reader vouches for, the failure's own first.

    `raised` are path and line, as printed, of where the failures began. Where some of the places
    lie in `files`, the others are left out: a file that nobody could find is no place to look.
    """
    vouched = list(dict.fromkeys(p for i in items if i.facts for p in i.facts.places))
    own = [*raised, *((f.hit.values["path"], f.hit.values["line"]) for f in same)]
    exact = [
        p
        for path, line in own
        for p in vouched
        if path and path.endswith(p.path) and line in ("", str(p.line))
    ]
    named = list(dict.fromkeys([*exact, *vouched]))
    found = [replace(p, path=path) for p in named if (path := _in(files, p.path))]
    return tuple(dict.fromkeys(found or named))[:_MOST]


def _in(files: Collection[str], path: str) -> str:
    """Return the one of `files` that `path` means; a tool run below or above the root prints less or more."""
    if path in files:
        return path
    meant = [f for f in files if f.endswith(f"/{path}") or ("/" in f and path.endswith(f"/{f}"))]
    return meant[0] if len(meant) == 1 else ""


def shortened(title: str, items: Sequence[Evidence]) -> str:
    """Name files as they are named in the repository, not where the machine had them."""
    for place in (p for i in items if i.facts for p in i.facts.places):
        longer = re.compile(rf"(?<![\w.-])/[\w./@+-]*/{re.escape(place.path)}(?!\w)")
        title = longer.sub(place.path.replace("\\", r"\\"), title)
    return title
