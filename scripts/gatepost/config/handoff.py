"""The `handoff` section of the settings: where each environment's value stands among the manifests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

_Path = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f/][^\x00-\x1f\x7f]{0,299}$")]
_Environment = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]{0,62}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where one environment's version is written: below a path, or one value of one file."""

    path: str = ""
    file: str = ""
    doc: int = 0
    key: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """
    Where versions of this repository go.

    The manifests repository itself is not a setting: whoever may edit this file must not be able to
    choose who receives the token.
    """

    targets: Mapping[str, Target] = field(default_factory=dict)
    """By environment."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TargetShape(_Shape):
    """One entry of `handoff.targets`."""

    path: _Path | None = None
    file: _Path | None = None
    doc: Annotated[int, Field(ge=0, le=10_000)] = 0
    key: Annotated[list[str | int], Field(min_length=1, max_length=50)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.file is None) != (self.key is None) or (self.path is None) == (self.file is None):
            raise ValueError("needs either `path`, or `file` with `key`")
        return self


class HandoffShape(_Shape):
    """The `handoff` section as written."""

    targets: Annotated[dict[_Environment, TargetShape], Field(max_length=100)] = {}

    def settings(self) -> Handoff:
        """Return the settings as plain values."""
        return Handoff(
            targets={
                name: Target(path=t.path or "", file=t.file or "", doc=t.doc, key=tuple(t.key or ()))
                for name, t in self.targets.items()
            }
        )
