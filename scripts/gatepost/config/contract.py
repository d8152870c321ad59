"""`metrics.yml`: the contract between a model repository and the gates that train and validate its model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from gatepost.config.document import Document
from gatepost.errors import ConfigError

FILE = "metrics.yml"
MOST_BYTES = 64 * 1024

Loss = Literal["accuracy", "log_loss", "brier", "absolute_error", "squared_error"]
PromoteIf = Literal["better", "not-worse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How the repository trains, and where it leaves what the gates read."""

    command: tuple[str, ...]
    timeout_s: float = 1800.0
    memory_bytes: int = 4 * 1024**3
    out: str = "out"
    """Folder that the command fills: metrics.json, predictions.csv, model/ and, if it likes, params.json."""

    data: tuple[str, ...] = ()
    """Files whose hashes are recorded, so that a run says what it was made from."""

    lock: tuple[str, ...] = ()
    """Lock files recorded with the run; empty for those with a usual name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The range a metric must lie in, ends included."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What the model is held to."""

    test_set: str
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    compare: Loss = "accuracy"
    """What is compared, row by row, with the champion."""

    promote_if: PromoteIf = "better"
    margin: float = 0.0
    """For `not-worse`: how much worse, in the unit of `compare`, still counts as not worse."""

    alpha: float = 0.05
    """The chance of promoting a challenger that should not be, at most."""

    slices: tuple[str, ...] = ()
    minimum_rows: int = 100
    """Below this many rows a comparison is not decidable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The whole file."""

    model: str
    """The registered model's name in MLflow."""

    train: Training
    validate: Validation


_SIZES = {"": 1, "kib": 1024, "mib": 1024**2, "gib": 1024**3, "kb": 10**3, "mb": 10**6, "gb": 10**9}
_TIMES = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]{0,99}$")]
_Word = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Training(_Shape):
    command: Annotated[list[_Word], Field(min_length=1, max_length=100)]
    timeout: str | int = "30m"
    memory: str | int = "4GiB"
    out: _Word = "out"
    data: Annotated[list[_Word], Field(max_length=1000)] = []
    lock: Annotated[list[_Word], Field(max_length=20)] = []


class _Threshold(_Shape):
    min: float | int | None = None
    max: float | int | None = None

    @model_validator(mode="after")
    def _one_at_least(self) -> _Threshold:
        if self.min is None and self.max is None:
            raise ValueError("a threshold needs min, max or both")
        return self


class _Validation(_Shape):
    test_set: _Word
    thresholds: dict[_Name, _Threshold] = {}
    compare: Loss = "accuracy"
    promote_if: Literal["better", "not-worse"] = "better"
    margin: Annotated[float | int, Field(ge=0)] = 0.0
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    slices: Annotated[list[_Name], Field(max_length=20)] = []
    minimum_rows: Annotated[int, Field(ge=10)] = 100


class _File(_Shape):
    model: _Name
    train: _Training
    validate_: _Validation = Field(alias="validate")


_KEYS: Mapping[tuple[str | int, ...], tuple[str, ...]] = {
    (): ("model", "train", "validate"),
    ("train",): tuple(_Training.model_fields),
    ("validate",): tuple(_Validation.model_fields),
}


def read(root: Path) -> Contract:
    """Read the contract of the repository at `root`. Raises `ConfigError` with file, line and fix."""
    path = root / FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{FILE} cannot be read in {str(root)!r}: {error.strerror}",
            fix="write one: the model's name, how to train it and what it is held to (docs/train.md)",
        ) from error
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{FILE} has more than {MOST_BYTES} bytes", fix="keep only the contract in it")
    document = Document.read(data.decode("utf-8-sig", errors="replace"), name=FILE)
    try:
        shape = _File.model_validate(document.value)
    except ValidationError as error:
        raise document.explain(error, keys=_KEYS) from error
    return _contract(shape)


def _contract(shape: _File) -> Contract:
    train, judged = shape.train, shape.validate_
    for path in (train.out, *train.data, *train.lock, judged.test_set):
        _refuse_outside(path)
    training = Training(
        command=tuple(train.command),
        timeout_s=_quantity(train.timeout, _TIMES, key="train.timeout", example="10m"),
        memory_bytes=int(_quantity(train.memory, _SIZES, key="train.memory", example="2GiB")),
        out=train.out,
        data=tuple(train.data),
        lock=tuple(train.lock),
    )
    validation = Validation(
        test_set=judged.test_set,
        thresholds={n: Threshold(least=t.min, most=t.max) for n, t in judged.thresholds.items()},
        compare=judged.compare,
        promote_if=judged.promote_if,
        margin=float(judged.margin),
        alpha=judged.alpha,
        slices=tuple(judged.slices),
        minimum_rows=judged.minimum_rows,
    )
    return Contract(model=shape.model, train=training, validate=validation)


def _refuse_outside(path: str) -> None:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path:
        raise ConfigError(
            f"{FILE}: {path!r} leads outside the repository", fix="write a path relative to its root"
        )


def _quantity(given: str | int, units: Mapping[str, float], *, key: str, example: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s?([A-Za-z]*)", str(given))
    unit = units.get(match[2].lower()) if match else None
    if match is None or unit is None or float(match[1]) == 0:
        raise ConfigError(f"{FILE}: {key} is {given!r}", fix=f"write a number with a unit, such as {example}")
    return float(match[1]) * unit
