"""Reading `.gatepost.yml`: strict, and every fault with its line, its value and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gatepost.config.document import Document
from gatepost.config.handoff import HandoffShape
from gatepost.config.scan import ScanShape, SuppressionShape
from gatepost.config.settings import Budget, Config, Model, Posting, Route
from gatepost.errors import ConfigError
from gatepost.model import FailureType

FILE = ".gatepost.yml"
MOST_BYTES = 64 * 1024
"""A settings file beyond this was not written by hand."""

_MODEL_NAME = r"^[A-Za-z0-9][\w./@:-]{0,199}$"
_Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}(\[bot\])?$")]
_Mention = Annotated[
    str, StringConstraints(pattern=r"^@?[A-Za-z0-9][A-Za-z0-9-]{0,38}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?$")
]
_Label = Annotated[str, StringConstraints(pattern=r"^[^,\x00-\x1f\x7f]{1,50}$")]
_EnvName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
_Few = 10
_DEFAULT = Config()


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _ModelShape(_Shape):
    enabled: bool = True
    name: Annotated[str, StringConstraints(pattern=_MODEL_NAME)] = _DEFAULT.model.name
    project: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9:.-]{0,62}$")] | None = None
    location: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")] = _DEFAULT.model.location
    deadline_s: Annotated[int, Field(ge=1, le=600)] = _DEFAULT.model.deadline_s
    input_tokens: Annotated[int, Field(ge=1_000, le=1_000_000)] = _DEFAULT.model.input_tokens
    output_tokens: Annotated[int, Field(ge=256, le=65_536)] = _DEFAULT.model.output_tokens


class _BudgetShape(_Shape):
    lines: Annotated[int, Field(ge=5, le=400)] = _DEFAULT.budget.lines
    job_bytes: Annotated[int, Field(ge=1_024, le=65_536)] = _DEFAULT.budget.job_bytes
    bytes: Annotated[int, Field(ge=4_096, le=1_048_576)] = _DEFAULT.budget.bytes


class _PostingShape(_Shape):
    comment: bool = True
    issue: bool = True
    close: bool = True
    slack: bool = True
    login: _Login = _DEFAULT.posting.login


class _RouteShape(_Shape):
    labels: Annotated[list[_Label], Field(max_length=_Few)] = []
    assignees: Annotated[list[_Login], Field(max_length=_Few)] = []
    mentions: Annotated[list[_Mention], Field(max_length=_Few)] = []

    def route(self) -> Route:
        return Route(
            labels=tuple(self.labels),
            assignees=tuple(self.assignees),
            mentions=tuple(m.removeprefix("@") for m in self.mentions),
        )


class _FileShape(_Shape):
    model: _ModelShape = _ModelShape()
    budget: _BudgetShape = _BudgetShape()
    post: _PostingShape = _PostingShape()
    reuse_days: Annotated[int, Field(ge=0, le=90)] = _DEFAULT.reuse_days
    routes: dict[str, _RouteShape] = {}
    scan: ScanShape = ScanShape()
    handoff: HandoffShape = HandoffShape()
    secrets: Annotated[list[_EnvName], Field(max_length=100)] = []


_EVERYONE = "default"
_SUGGESTED = 100
"""Entries of a list for which a misspelt key is answered with the right one."""

_KEYS: Mapping[tuple[str | int, ...], tuple[str, ...]] = {
    (): tuple(_FileShape.model_fields),
    ("model",): tuple(_ModelShape.model_fields),
    ("budget",): tuple(_BudgetShape.model_fields),
    ("post",): tuple(_PostingShape.model_fields),
    ("scan",): tuple(ScanShape.model_fields),
    ("handoff",): tuple(HandoffShape.model_fields),
    **{("scan", "suppress", n): tuple(SuppressionShape.model_fields) for n in range(_SUGGESTED)},
    **{("routes", name): tuple(_RouteShape.model_fields) for name in (*FailureType, _EVERYONE)},
}


def read(root: Path, *, env: Mapping[str, str]) -> Config:
    """Read the settings of a checkout; without a file the defaults hold."""
    path = root / FILE
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        data = b""
    except OSError as error:
        raise ConfigError(
            f"{FILE} cannot be read: {error.strerror}", fix="make it a readable file, or remove it"
        ) from error
    return parse(data, env=env)


def parse(data: bytes, *, env: Mapping[str, str], name: str = FILE) -> Config:
    """Read settings from a file's bytes, as a checkout or the API gives them; `env` overrides."""
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{name} has more than {MOST_BYTES} bytes", fix="keep settings only in it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8 at byte {error.start}", fix="save it as UTF-8") from error
    document = Document.read(text, name=name)
    if not isinstance(document.value, dict):
        raise ConfigError(
            f"{name}:1:1 is a {type(document.value).__name__}, not settings",
            fix="write keys such as `routes:` with their values",
        )
    document.refuse_unknown(("routes",), (*FailureType, _EVERYONE))
    try:
        shape = _FileShape.model_validate(document.value)
    except ValidationError as error:
        raise document.explain(error, keys=_KEYS) from error
    return _config(shape, env)


def _config(shape: _FileShape, env: Mapping[str, str]) -> Config:
    model = Model(**{**shape.model.model_dump(), "project": shape.model.project or ""})
    routes = {FailureType(n): r.route() for n, r in shape.routes.items() if n != _EVERYONE}
    everyone = shape.routes.get(_EVERYONE, _RouteShape()).route()
    return Config(
        model=_overridden(model, env),
        budget=Budget(**shape.budget.model_dump()),
        posting=Posting(**shape.post.model_dump()),
        reuse_days=shape.reuse_days,
        routes=routes,
        everyone=everyone,
        scan=shape.scan.settings(),
        handoff=shape.handoff.settings(),
        secrets=tuple(shape.secrets),
    )


def _overridden(model: Model, env: Mapping[str, str]) -> Model:
    """Let the job's own environment decide what the file may only suggest."""
    return replace(
        model,
        name=env.get("GATEPOST_MODEL") or model.name,
        project=env.get("GATEPOST_VERTEX_PROJECT") or model.project,
        location=env.get("GATEPOST_VERTEX_LOCATION") or model.location,
    )
