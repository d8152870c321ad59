"""The run that a training made in MLflow itself: what its folder lacks is taken from there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from gatepost.clients.mlflow import Registry, Run
from gatepost.errors import ConfigError

RUN_ID_FILE = "mlflow-run-id"
_RUN_ID = re.compile(r"[0-9a-f]{32}")


def own_run(out: Path) -> str:
    """Return the id that a training left in `out`; empty when it left none."""
    try:
        said = (out / RUN_ID_FILE).read_text("utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""
    if not _RUN_ID.fullmatch(said):
        raise ConfigError(
            f"{RUN_ID_FILE} holds {said[:64]!r}, which is no id of an MLflow run",
            fix="write run.info.run_id into it, 32 hexadecimal digits",
        )
    return said


def bring(out: Path, *, open_registry: Callable[[], Registry]) -> None:
    """Fill `out` with what it lacks and the run has: metrics, parameters, predictions, the model."""
    run_id = own_run(out)
    if not run_id:
        return
    registry = open_registry()
    run = registry.run(run_id)
    for name, values in (("metrics.json", run.metrics), ("params.json", run.params)):
        if values and not (out / name).exists():
            (out / name).write_text(json.dumps(dict(values)), encoding="utf-8")
    if "predictions.csv" in run.artifacts and not (out / "predictions.csv").exists():
        registry.fetch(run_id, "predictions.csv", into=out)
    if not (out / "model").exists():
        _bring_model(registry, run_id, run, out)


def _bring_model(registry: Registry, run_id: str, run: Run, out: Path) -> None:
    if len(run.models) > 1:
        raise ConfigError(
            f"the run {run_id} logged {len(run.models)} models, and one can ship",
            fix="log one, or leave the files of the one to ship in model/",
        )
    if run.models:
        registry.fetch_model(run.models[0], into=out / "model")
    elif "model" in run.artifacts:
        registry.fetch(run_id, "model", into=out)
