"""
The corridor, written once: Signal -> Evidence -> Analysis -> Post.

A new kind of signal brings a signal, its collectors and a prompt, and wires them in a flow. It
never adds a second corridor.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from gatepost.dossier import Dossier
from gatepost.errors import GatepostError
from gatepost.model import Analysis, Evidence, EvidenceKind, Post, Signal
from gatepost.safety import redact

log = logging.getLogger(__name__)


class Collector(Protocol):
    """Gathers one kind of evidence about one signal."""

    @property
    def name(self) -> str:
        """Cited when the collector itself fails, so unique within a flow."""

    def collect(self) -> Iterable[Evidence]:
        """Read, redact and bound the evidence. A `GatepostError` becomes a line about what is missing."""


class Follower(Protocol):
    """Gathers what other evidence leads to, such as the source a log names."""

    @property
    def name(self) -> str:
        """Cited when the follower itself fails, so unique within a flow."""

    def follow(self, evidence: Sequence[Evidence]) -> Iterable[Evidence]:
        """Read on from `evidence`, as a collector would."""


class Analyst(Protocol):
    """Reads a dossier."""

    def analyse(self, dossier: Dossier) -> Analysis:
        """Explain the dossier, or raise `GatepostError` when it cannot."""


class Outlet(Protocol):
    """A place where people read posts."""

    @property
    def name(self) -> str:
        """How a problem with it is reported."""

    def publish(self, post: Post) -> str:
        """Write or edit the one post with this key; return where it can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the first half of the corridor yields: everything a post is made from."""

    dossier: Dossier
    analysis: Analysis


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How one outlet fared: a link, or the reason why there is none."""

    outlet: str
    url: str = ""
    problem: str = ""
    error: GatepostError | None = None


def explain(
    signal: Signal,
    *,
    collectors: Sequence[Collector],
    followers: Sequence[Sequence[Follower]] = (),
    rules: Analyst,
    model: Analyst | None,
    budget_bytes: int,
) -> Explained:
    """
    Gather evidence and read it; explaining fails open.

    The rules always speak. A `model` that is absent, slow, refused or wrong costs a note, never
    the explanation.
    """
    evidence = gather(collectors, followers)
    dossier = Dossier.pack(signal, evidence, budget_bytes=budget_bytes)
    analysis = rules.analyse(dossier)
    if model is not None:
        try:
            analysis = model.analyse(dossier)
        except GatepostError as error:
            log.warning("no model analysis: %s", error)
            analysis = replace(analysis, notes=(*analysis.notes, f"Without a model: {redact(error.what)}."))
    return Explained(dossier=dossier, analysis=analysis)


def publish(post: Post, outlets: Sequence[Outlet]) -> tuple[Published, ...]:
    """Offer `post` to every outlet; one that fails does not keep it from the others."""
    results = []
    for outlet in outlets:
        try:
            results.append(Published(outlet=outlet.name, url=outlet.publish(post)))
        except GatepostError as error:
            log.warning("%s: %s", outlet.name, error)
            results.append(Published(outlet=outlet.name, problem=str(redact(str(error))), error=error))
    return tuple(results)


def gather(collectors: Sequence[Collector], followers: Sequence[Sequence[Follower]] = ()) -> list[Evidence]:
    """
    Run the collectors side by side, then each group of followers after the one before; keep their order.

    One that fails costs a line that says what is missing.
    """
    evidence = _side_by_side([(c.name, c.collect) for c in collectors])
    for group in followers:
        evidence += _side_by_side([(f.name, partial(f.follow, tuple(evidence))) for f in group])
    return evidence


def _side_by_side(sources: Sequence[tuple[str, Callable[[], Iterable[Evidence]]]]) -> list[Evidence]:
    if not sources:
        return []
    with ThreadPoolExecutor(max_workers=len(sources)) as pool:
        return [item for items in pool.map(lambda source: _read(*source), sources) for item in items]


def _read(name: str, source: Callable[[], Iterable[Evidence]]) -> list[Evidence]:
    try:
        return list(source())
    except GatepostError as error:
        log.info("%s: %s", name, error)
        note = str(redact(f"{name} could not be read: {error.what}"))
        return [Evidence(name=name, kind=EvidenceKind.METADATA, body=redact(""), source="", note=note)]
