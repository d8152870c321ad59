"""The nouns of what is made of evidence: causes, an analysis, a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gatepost.model.evidence import Place
from gatepost.safety.types import Redacted, SafeMarkdown


class FailureType(StrEnum):
    """What kind of thing broke. `UNKNOWN` rather than a guess."""

    LINT = "lint"
    TEST = "test"
    SAST = "sast"
    SCA = "sca"
    SECRETS = "secrets"
    CONTAINER = "container"
    TRAINING = "training"
    MODEL_VALIDATION = "model-validation"
    DEPENDENCY = "dependency"
    BUILD = "build"
    DEPLOY = "deploy"
    WORKFLOW = "workflow"
    INFRASTRUCTURE = "infrastructure"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Lines copied from one piece of evidence, which prove a claim."""

    evidence: str
    """The `Evidence.name` quoted from."""

    text: Redacted
    line_numbers: tuple[int, ...] = ()
    """1-based numbers in the original log, one per line of `text`, or empty."""

    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason for the failure; several jobs may share it."""

    failure: FailureType
    title: str
    """One sentence: what failed."""

    why: str
    """Root cause in at most a few sentences; empty when only the rules spoke and cannot tell."""

    fix: str
    """The smallest fix a person could make; empty when there is none to name."""

    subjects: tuple[str, ...]
    """The jobs (or alerts, or columns) that failed for this reason."""

    places: tuple[Place, ...] = ()
    quotes: tuple[Quote, ...] = ()
    cites: tuple[str, ...] = ()
    """`Evidence.name`s that support it, each one checked to exist."""

    fingerprint: str = ""
    """Hex; equal for the same failure in another run, different for another failure."""

    confidence: float | None = None
    """From 0 to 1 as a model reported it, uncalibrated; `None` from the rules."""

    details: tuple[str, ...] = ()
    """Further points a prompt kind asked for, such as one finding explained each."""

    told_at: datetime | None = None
    """When a model wrote these words for an earlier run of the same failure; `None` when they are new."""

    @property
    def supported(self) -> bool:
        """Whether any evidence is cited. An unsupported cause is shown as such."""
        return bool(self.cites)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens one analysis cost, as the service counted them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Part of `input_tokens` that was served from a cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A reading of the evidence. Never acted on; shown to a person as a `Post`."""

    causes: tuple[Cause, ...]
    """Most important first; never empty: with nothing to say, one cause of type `UNKNOWN`."""

    author: str
    """`rules`, or the name of the model that answered."""

    usage: Usage | None = None

    notes: tuple[str, ...] = ()
    """Sentences on what was degraded, such as why it was made without a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a person reads. The poster adds its own marker and the mentions from configuration."""

    key: str
    """Identity of the conversation: posts with one key in one place are edits of each other."""

    title: str
    """Plain text for an issue's title; already sanitised."""

    body: SafeMarkdown
    failures: tuple[FailureType, ...] = ()
    fingerprints: tuple[str, ...] = ()
    resolved: bool = False
