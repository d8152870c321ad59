"""What a repository may decide, and the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatepost.config.handoff import Handoff
from gatepost.config.scan import Scan
from gatepost.model import FailureType

DEFAULT_MODEL = "gemini-flash-latest"
"""The service's own alias for its current small model, so that no release of ours names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Which model reads the dossier, and what it may cost."""

    enabled: bool = True
    name: str = DEFAULT_MODEL
    project: str = ""
    """Google Cloud project: set, Vertex AI answers with the job's workload identity instead of an API key."""

    location: str = "global"
    deadline_s: int = 60
    """For all attempts together."""

    input_tokens: int = 60_000
    """A longer prompt is not sent."""

    output_tokens: int = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much evidence is kept."""

    lines: int = 60
    """Per job."""

    job_bytes: int = 8 * 1024
    bytes: int = 96 * 1024
    """All evidence together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who is told about one failure type."""

    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    """Users or `organisation/team`, without the at sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Where posts go."""

    comment: bool = True
    issue: bool = True
    """Open an issue when the default branch broke."""

    close: bool = True
    """Close that issue when the workflow is green again; otherwise only mark it resolved."""

    slack: bool = True
    """Needs a webhook in the environment."""

    login: str = "github-actions[bot]"
    """Who the job's token writes as. Posts of anyone else are never taken for ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a repository may decide. The defaults serve one that decides nothing."""

    model: Model = field(default_factory=Model)
    budget: Budget = field(default_factory=Budget)
    posting: Posting = field(default_factory=Posting)
    reuse_days: int = 14
    """How long a model's analysis of the same failure is shown again instead of paid for again; 0: never."""

    routes: Mapping[FailureType, Route] = field(default_factory=dict)
    everyone: Route = Route()
    """Told about every failure type, besides its own route."""

    scan: Scan = field(default_factory=Scan)
    handoff: Handoff = field(default_factory=Handoff)

    secrets: tuple[str, ...] = ()
    """Names of environment variables whose values are blanked wherever they stand."""

    def route(self, *failures: FailureType) -> Route:
        """Join the routes of these failure types, each entry once."""
        routes = [self.everyone, *(self.routes[f] for f in failures if f in self.routes)]
        return Route(
            labels=tuple(dict.fromkeys(x for r in routes for x in r.labels)),
            assignees=tuple(dict.fromkeys(x for r in routes for x in r.assignees)),
            mentions=tuple(dict.fromkeys(x for r in routes for x in r.mentions)),
        )
