"""The `scan` section of the settings: which scanners run, what stops a delivery, what is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Tool = Literal["bandit", "semgrep", "pip-audit", "snyk", "gitleaks", "trivy", "zizmor"]
Step = Literal["low", "medium", "high", "critical"]

_Glob = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,300}$")]
_Reason = Annotated[str, StringConstraints(min_length=10, max_length=500)]
_Many = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One decision to accept one kind of flaw, until a day."""

    rule: str
    """The scanner's rule, such as `B301`; a `*` matches any characters."""

    reason: str
    expires: date
    """The last day on which it holds."""

    path: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """How the scan gate works in this repository."""

    tools: tuple[Tool, ...] = ()
    """Empty for every scanner that is meant to run by default."""

    fail_on: Step = "high"
    history: bool = True
    """Whether secrets are looked for in every commit, not only in the tree."""

    exclude: tuple[str, ...] = ()
    """Path patterns left out of every scan; `*` also matches `/`."""

    baseline: str = ""
    suppress: tuple[Suppression, ...] = ()


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SuppressionShape(_Shape):
    """One entry of `scan.suppress`: a reason and an end are not optional."""

    rule: _Glob
    reason: _Reason
    expires: Annotated[date, Field(strict=False)]
    path: _Glob = "*"


class ScanShape(_Shape):
    """The `scan` section as written."""

    tools: Annotated[list[Tool], Field(max_length=10)] = []
    fail_on: Step = "high"
    history: bool = True
    exclude: Annotated[list[_Glob], Field(max_length=_Many)] = []
    baseline: _Glob | None = None
    suppress: Annotated[list[SuppressionShape], Field(max_length=_Many)] = []

    def settings(self) -> Scan:
        """Return the settings as plain values."""
        return Scan(
            tools=tuple(self.tools),
            fail_on=self.fail_on,
            history=self.history,
            exclude=tuple(self.exclude),
            baseline=self.baseline or "",
            suppress=tuple(
                Suppression(rule=s.rule, reason=s.reason, expires=s.expires, path=s.path)
                for s in self.suppress
            ),
        )
