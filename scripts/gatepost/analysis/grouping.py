"""Jobs that failed for one reason are one cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gatepost.model import Cause, FailureType

_QUOTES = 3


def group(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Merge causes with one fingerprint; put what is known and hit most jobs first."""
    groups: dict[str, Cause] = {}
    for number, cause in enumerate(causes):
        key = cause.fingerprint or str(number)
        groups[key] = _merge(groups[key], cause) if key in groups else cause
    return tuple(sorted(groups.values(), key=lambda c: (c.failure is FailureType.UNKNOWN, -len(c.subjects))))


def _merge(first: Cause, other: Cause) -> Cause:
    """Keep the first one's words; join what supports them."""
    return replace(
        first,
        subjects=tuple(dict.fromkeys((*first.subjects, *other.subjects))),
        places=tuple(dict.fromkeys((*first.places, *other.places))),
        quotes=first.quotes or other.quotes[:_QUOTES],
        cites=tuple(dict.fromkeys((*first.cites, *other.cites))),
    )
