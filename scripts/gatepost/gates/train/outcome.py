"""What a training run left behind, read without running any of it, and checked for plain untruths."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gatepost.errors import ConfigError
from gatepost.model import Finding, Level
from gatepost.predictions import Predictions

MAX_JSON_BYTES = 1024 * 1024
MAX_NAMES = 500

# Metrics that are shares or areas by definition, so that a value outside 0..1 is an untruth.
SHARES = ("accuracy", "precision", "recall", "f1", "auc", "brier", "iou", "sensitivity", "specificity")
ROUNDING = 1e-4
"""How far a reported accuracy may lie from the one counted in predictions.csv."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The files of one finished training."""

    metrics: Mapping[str, float]
    params: Mapping[str, str]
    predictions: Predictions
    model_files: tuple[Path, ...]
    """Sorted; at least one."""


def read_outcome(out: Path) -> Outcome:
    """Read the folder a training filled. Raises `ConfigError` for what is missing or malformed."""
    metrics = {name: _number(name, value) for name, value in _mapping(out / "metrics.json").items()}
    if not metrics:
        raise ConfigError("metrics.json holds no metric", fix="write one number per metric into it")
    params = _mapping(out / "params.json") if (out / "params.json").exists() else {}
    return Outcome(
        metrics=metrics,
        params={name: str(value) for name, value in params.items()},
        predictions=Predictions.read(out / "predictions.csv"),
        model_files=_model_files(out / "model"),
    )


def untruths(outcome: Outcome, *, test_rows: int | None) -> Iterator[Finding]:
    """Yield what the files say that cannot be so; `test_rows` is the test set's length when known."""
    for name, value in outcome.metrics.items():
        if any(word in name.lower() for word in SHARES) and not 0.0 <= value <= 1.0:
            yield _finding("metric-out-of-range", f"{name} is {value:g}; it cannot lie outside 0 to 1")
    said, counted = outcome.metrics.get("accuracy"), outcome.predictions.accuracy
    if said is not None and not math.isnan(counted) and abs(said - counted) > ROUNDING:
        yield _finding(
            "metric-mismatch",
            f"metrics.json says accuracy {said:.4f}, but {counted:.4f} of predictions.csv is right",
        )
    rows = len(outcome.predictions)
    if test_rows is not None and rows != test_rows:
        yield _finding("rows-missing", f"predictions.csv has {rows} rows, the test set {test_rows}")


def _finding(slug: str, message: str) -> Finding:
    return Finding(rule=f"train/{slug}", level=Level.ERROR, message=message)


def _mapping(path: Path) -> dict[str, object]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the training left no {path.name} in {path.parent.name}/: {error.strerror}",
            fix="write it there, or name the folder under train.out in metrics.yml",
        ) from error
    if len(data) > MAX_JSON_BYTES:
        raise ConfigError(f"{path.name} has more than {MAX_JSON_BYTES} bytes", fix="write numbers only")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path.name} is not JSON: {error}", fix="write one JSON object") from error
    if not isinstance(document, dict) or len(document) > MAX_NAMES:
        raise ConfigError(
            f"{path.name} is no object of at most {MAX_NAMES} names", fix="write one flat object"
        )
    return document


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ConfigError(
            f"metrics.json: {name} is {value!r}, not a finite number",
            fix="find out why the training computed it; a model without a score cannot ship",
        )
    return float(value)


def _model_files(folder: Path) -> tuple[Path, ...]:
    found = (
        sorted(p for p in folder.rglob("*") if not p.is_dir() or p.is_symlink()) if folder.is_dir() else []
    )
    if not found:
        raise ConfigError(
            f"the training left no model in {folder.parent.name}/model", fix="save the model's files there"
        )
    if link := next((p for p in found if p.is_symlink()), None):
        raise ConfigError(f"the model holds a symbolic link, {link.name!r}", fix="copy the file itself")
    return tuple(found)
