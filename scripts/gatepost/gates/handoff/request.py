"""What one handoff is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gatepost.gates.handoff.provenance import Provenance
from gatepost.manifests.places import Release
from gatepost.manifests.search import Scope


class Strategy(StrEnum):
    """How the new version meets the traffic."""

    ROLLING = "rolling"
    """Change the image and leave the pace to the workload."""
    IMMEDIATE = "immediate"
    """Like rolling, and end a canary that is under way: all traffic at once."""
    CANARY = "canary"
    """Give the new version a share of the traffic first (KServe in Knative mode)."""
    BLUE_GREEN = "blue-green"
    """Change the idle colour, then switch a Service to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """A value that a person named instead of letting us search."""

    path: str
    doc: int
    key: tuple[str | int, ...]
    value: str = ""
    """What to write; empty for the image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One handoff, complete."""

    provenance: Provenance
    release: Release
    scope: Scope
    strategy: Strategy = Strategy.ROLLING
    canary_steps: tuple[int, ...] = (10, 25, 50, 100)
    """Percentages of the traffic, rising, ending in 100."""

    exact: Exact | None = None
    from_environment: str = ""
    """Where a promotion takes the version from."""

    from_path: str = ""
    """Its files, where they are not below a folder of that name."""

    adopt: bool = False
    """Whether a value set by a person, or rolled back, may be written over."""
