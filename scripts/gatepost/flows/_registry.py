"""Which MLflow the gates use: a server when one is named, else SQLite and a folder in the repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gatepost.clients.mlflow import Registry


def open_registry(root: Path, env: Mapping[str, str]) -> Registry:
    """Open the store that `MLFLOW_TRACKING_URI` names, or the embedded one under `root`."""
    if uri := env.get("MLFLOW_TRACKING_URI", "").strip():
        return Registry(uri)
    return Registry(f"sqlite:///{root / 'mlflow.db'}", artifacts=root / "mlruns")
