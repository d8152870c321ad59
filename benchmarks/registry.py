"""
How long it takes to log a run, register its model and set the alias.

    uv run python -m benchmarks.registry [DATA] [--out ANSWERS] [--rounds N]

DATA may be a folder with a model to register; without it a scikit-learn model is trained. Both sides
start from the same finished model and an existing SQLite store, after every import. The peer is
MLflow's own `sklearn.log_model` with `registered_model_name`, as its tutorial shows.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the medians, their ratio and one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=1)
    args = parser.parse_args(argv)
    import mlflow.sklearn
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression

    from gatepost.clients.mlflow import NewRun, Registry

    logging.disable(logging.WARNING)
    features, label = load_breast_cancer(return_X_y=True)
    model = LogisticRegression(max_iter=5000).fit(features, label)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        files = args.data or folder / "model"
        if not args.data:
            import skops.io

            files.mkdir()
            skops.io.dump(model, files / "model.skops")
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        registry = Registry(uri, artifacts=folder / "artifacts")
        registry.alias("none", "champion")  # the first call creates the tables, for both sides

        def ours() -> None:
            registry.register(
                NewRun(
                    model="ours",
                    metrics={"accuracy": 0.95, "f1": 0.94},
                    params={"C": "1.0"},
                    tags={"commit": "0" * 40},
                    model_dir=files,
                )
            )

        def peer() -> None:
            mlflow.set_tracking_uri(uri)
            if mlflow.get_experiment_by_name("peer") is None:
                mlflow.create_experiment("peer", artifact_location=(folder / "peer").as_uri())
            mlflow.set_experiment("peer")
            with mlflow.start_run():
                mlflow.log_metrics({"accuracy": 0.95, "f1": 0.94})
                mlflow.log_param("C", 1.0)
                info = mlflow.sklearn.log_model(
                    model, name="model", registered_model_name="peer", input_example=features[:2]
                )
            mlflow.MlflowClient().set_registered_model_alias(
                "peer", "challenger", info.registered_model_version
            )

        here = Path.cwd()
        os.chdir(folder)
        mine, theirs = timed(ours, args.rounds), timed(peer, args.peer_rounds)
        os.chdir(here)
    print(f"{'':8}{'median s':>10}{'max s':>10}")
    print(f"{'ours':8}{statistics.median(mine):10.3f}{max(mine):10.3f}")
    print(f"{'mlflow':8}{statistics.median(theirs):10.3f}{max(theirs):10.3f}")
    ratio = statistics.median(theirs) / statistics.median(mine)
    print(f"mlflow / ours: {ratio:.1f}")
    summary = {"benchmark": "registry", "ours_s": mine, "mlflow_s": theirs, "ratio": ratio}
    if args.out:
        args.out.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(summary))
    return 0


def timed(action: Callable[[], None], rounds: int) -> list[float]:
    """Return the wall seconds of each round."""
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        seconds.append(round(time.perf_counter() - started, 3))
    return seconds


if __name__ == "__main__":
    sys.exit(main())
