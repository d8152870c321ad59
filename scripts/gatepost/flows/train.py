"""`gatepost train`: run a repository's training within limits, log it to MLflow, register the model."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gatepost.clients.mlflow import NewRun, Version
from gatepost.config import contract as contracts
from gatepost.config.contract import Contract
from gatepost.flows import _verdict
from gatepost.flows._gate import progress_line, root_of
from gatepost.flows._own_run import bring, own_run
from gatepost.flows._registry import address_of, embedded, import_meanwhile, open_registry
from gatepost.gates.environment import foreign
from gatepost.gates.train import Trained, train


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where the repository is."""
    parser.add_argument("path", nargs="?", default="", help="the repository (default: here)")
    parser.add_argument("--no-register", action="store_true", help="train and judge, without MLflow")
    _verdict.add_arguments(parser)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Train; exit code 1 when what it left cannot be believed. Only a believable model is registered."""
    root = root_of(args.path, env)
    contract = contracts.read(root)
    if not args.no_register:
        import_meanwhile()
    trained = train(
        root,
        contract,
        # What the training logs to MLflow of its own accord lies where the version will.
        env=foreign(env) | {"MLFLOW_TRACKING_URI": address_of(root, env)},
        on_line=progress_line,
        complete=lambda out: bring(out, open_registry=lambda: open_registry(root, env)),
        stores=embedded(env),
    )
    verdict = trained.verdict
    if verdict.passed and not args.no_register:
        version = _register(root, contract, trained, env)
        facts = (("model", version.model), ("model version", version.number), ("mlflow run", version.run_id))
        verdict = replace(verdict, facts=(*facts, *verdict.facts))
    return _verdict.tell(verdict, args, env)


def _register(root: Path, contract: Contract, trained: Trained, env: Mapping[str, str]) -> Version:
    out = root / contract.train.out
    tags = {
        "commit": trained.commit,
        "repository": env.get("GITHUB_REPOSITORY", ""),
        "workflow_run": env.get("GITHUB_RUN_ID", ""),
        "test_set_sha256": trained.data_sha256[contract.validate.test_set],
        **{f"sha256 {path}": digest for path, digest in trained.data_sha256.items()},
        **{f"sha256 {path}": digest for path, digest in trained.lock_sha256.items()},
    }
    new = NewRun(
        model=contract.model,
        metrics=trained.outcome.metrics,
        params=trained.outcome.params,
        tags={name: value for name, value in tags.items() if value},
        model_dir=out / "model",
        files=[out / "metrics.json", out / "predictions.csv", *(root / path for path in trained.lock_sha256)],
        run_id=own_run(out),
    )
    return open_registry(root, env).register(new)
