"""The packet an analyst receives: redacted evidence only, inside a byte budget, with every cut stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from gatepost.model import Evidence, Signal
from gatepost.safety.types import Redacted


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A signal and its evidence, as `pack` cut them. The only thing an analyst accepts."""

    signal: Signal
    evidence: tuple[Evidence, ...]
    budget_bytes: int

    def __post_init__(self) -> None:
        """Hold the lock at run time too, for callers that no type checker reads."""
        for item in self.evidence:
            if not isinstance(item.body, Redacted):
                raise TypeError(f"evidence {item.name!r} is {type(item.body).__name__}, not Redacted")
        if (size := sum(len(e.body.encode()) for e in self.evidence)) > self.budget_bytes:
            raise ValueError(
                f"evidence of {size} bytes is over the budget of {self.budget_bytes}; use Dossier.pack"
            )

    @classmethod
    def pack(cls, signal: Signal, evidence: Sequence[Evidence], *, budget_bytes: int) -> Self:
        """
        Share `budget_bytes` of UTF-8 between the pieces of evidence.

        Each source has an equal claim, and what a small one leaves over goes to the larger ones:
        on recorded incidents equal budgets keep the answer where a relevance filter loses it. A
        piece keeps its first lines, so collectors put the best first.
        """
        shares = _shares([len(e.body.encode()) for e in evidence], budget_bytes)
        cut = tuple(_cut(e, share) for e, share in zip(evidence, shares, strict=True))
        return cls(signal=signal, evidence=cut, budget_bytes=budget_bytes)

    @property
    def names(self) -> frozenset[str]:
        """What an analysis may cite: evidence that has a body or says why it has none."""
        return frozenset(e.name for e in self.evidence)


def _shares(sizes: Sequence[int], budget: int) -> list[int]:
    """Split `budget` equally, smallest first, so that each leftover is shared by the rest."""
    shares = [0] * len(sizes)
    left = budget
    order = sorted(range(len(sizes)), key=lambda i: sizes[i])
    for done, i in enumerate(order):
        shares[i] = min(sizes[i], left // (len(order) - done))
        left -= shares[i]
    return shares


def _cut(item: Evidence, share: int) -> Evidence:
    if len(item.body.encode()) <= share:
        return item
    lines = item.body.split("\n")
    kept = 0
    left = share
    while kept < len(lines) and (left := left - len(lines[kept].encode()) - 1) >= -1:
        kept += 1
    return replace(
        item,
        body=item.body.pick(range(kept)),
        line_numbers=item.line_numbers[:kept],
        dropped_lines=item.dropped_lines + len(lines) - kept,
    )
