"""Which MLflow the gates use: a server when one is named, else SQLite and a folder in the repository."""

from __future__ import annotations

import contextlib
import importlib
import os
import threading
from collections.abc import Mapping
from pathlib import Path

from gatepost.clients.mlflow import Registry

_DATABASE, _FILES = "mlflow.db", "mlruns"


def import_meanwhile() -> None:
    """Begin to import MLflow, which takes seconds, while a child process has the work."""
    _settle()
    threading.Thread(target=_import, name="import mlflow").start()


def open_registry(root: Path, env: Mapping[str, str]) -> Registry:
    """Open the store that `MLFLOW_TRACKING_URI` names, or the embedded one under `root`."""
    _settle()
    return Registry(address_of(root, env), artifacts=root / _FILES if embedded(env) else None)


def embedded(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the embedded store's database and folder; none where a server is named."""
    return () if _named(env) else (_DATABASE, _FILES)


def address_of(root: Path, env: Mapping[str, str]) -> str:
    """Return the address of that store, which the repository's own training may log to as well."""
    return _named(env) or f"sqlite:///{root / _DATABASE}"


def _named(env: Mapping[str, str]) -> str:
    return env.get("GATEPOST_MLFLOW_TRACKING_URI", "").strip() or env.get("MLFLOW_TRACKING_URI", "").strip()


def _settle() -> None:
    # Read when mlflow is imported: no word to anyone, no endless retries.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")


def _import() -> None:
    with contextlib.suppress(Exception):  # whoever needs it imports it again, and hears what is wrong
        importlib.import_module("mlflow")
