"""`gatepost validate`: thresholds, then the champion, then a report with pictures."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from gatepost import outputs
from gatepost.clients.mlflow import CHALLENGER, CHAMPION, Registry, Version
from gatepost.config import contract as contracts
from gatepost.config.contract import Contract
from gatepost.errors import ConfigError
from gatepost.flows import _verdict
from gatepost.flows._gate import root_of
from gatepost.flows._registry import open_registry
from gatepost.flows._validation import Told, page
from gatepost.flows._wiring import in_actions, server_of
from gatepost.gates.validate import Validated, validate
from gatepost.gates.validate.pictures import draw
from gatepost.predictions import Predictions

HISTORY = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the repository, the version, and where the report goes."""
    parser.add_argument("path", nargs="?", default="", help="the repository (default: here)")
    parser.add_argument(
        "--version", metavar="N", default="", help="the version to judge (default: challenger)"
    )
    parser.add_argument(
        "--report", metavar="DIR", default="", help="where the report goes (default: reports/validation)"
    )
    _verdict.add_arguments(parser)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Validate; exit code 1 when a finding stops the delivery. The decision is recorded with the version."""
    root = root_of(args.path, env)
    contract = contracts.read(root)
    registry = open_registry(root, env)
    challenger = _challenger(registry, contract, args.version or env.get("GATEPOST_MODEL_VERSION", ""))
    champion = registry.alias(contract.model, CHAMPION)
    if champion is not None and champion.number == challenger.number:
        champion = None if challenger.number == "1" else _before(registry, champion)
    history = registry.history(contract.model, last=HISTORY)
    metrics = dict(next((m for v, m in history if v.number == challenger.number), {}))
    predictions = _predictions(registry, challenger)
    result = validate(
        contract.validate,
        metrics=metrics,
        challenger=predictions,
        champion=_predictions(registry, champion) if champion else None,
        champion_name=f"version {champion.number}" if champion else "",
    )
    _record(registry, challenger, champion, result, contract)
    told = Told(contract=contract, result=result, history=history, challenger=challenger, champion=champion)
    folder = Path(args.report or env.get("GATEPOST_REPORT_DIR") or root / "reports" / "validation")
    _report(folder, told, predictions, env)
    outputs.set_output("report", str(folder / "report.md"), env=env)
    facts = (("model", contract.model), ("model version", challenger.number))
    verdict = replace(result.verdict, facts=(*facts, *result.verdict.facts))
    return _verdict.tell(verdict, args, env)


def _challenger(registry: Registry, contract: Contract, number: str) -> Version:
    found = registry.version(contract.model, number) if number else registry.alias(contract.model, CHALLENGER)
    if found is None:
        what = f"version {number}" if number else f"a version with the alias {CHALLENGER}"
        raise ConfigError(
            f"the registry has no {what} of {contract.model!r}",
            fix="run `gatepost train` first, with the same registry",
        )
    return found


def _before(registry: Registry, champion: Version) -> Version | None:
    """A version judged again after its promotion is compared with the one it replaced."""
    replaced = champion.tags.get("gatepost.compared_with", "")
    return registry.version(champion.model, replaced) if replaced else None


def _predictions(registry: Registry, version: Version) -> Predictions:
    with tempfile.TemporaryDirectory() as folder:
        return Predictions.read(registry.fetch(version.run_id, "predictions.csv", into=Path(folder)))


def _record(
    registry: Registry, challenger: Version, champion: Version | None, result: Validated, contract: Contract
) -> None:
    overall = result.overall
    rules = contract.validate
    registry.record(
        challenger,
        {
            "gatepost.decision": "promote" if result.decision.promote else "keep",
            "gatepost.reason": result.decision.reason,
            "gatepost.compared_with": champion.number if champion else "",
            "gatepost.test": f"{rules.compare}, alpha {rules.alpha:g}, {rules.promote_if}",
            "gatepost.p_better": f"{overall.p_better:.6g}" if overall else "",
            "gatepost.decided_at": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )


def _report(folder: Path, told: Told, predictions: Predictions, env: Mapping[str, str]) -> None:
    """Write report.md, validation.json and the pictures; in a workflow also the job summary."""
    draw(
        folder,
        history=[(v.number, m) for v, m in told.history],
        thresholds=told.contract.validate.thresholds,
        predictions=predictions,
        champion=told.champion.number if told.champion else "",
        slices=told.result.slices,
    )
    shown = page(told, repository=env.get("GITHUB_REPOSITORY", ""), server=server_of(env))
    (folder / "report.md").write_text(shown + "\n", encoding="utf-8")
    document = {
        "model": told.contract.model,
        "version": told.challenger.number,
        "champion": told.champion.number if told.champion else None,
        "decision": asdict(told.result.decision),
        "overall": asdict(told.result.overall) if told.result.overall else None,
        "slices": [asdict(s) for s in told.result.slices],
        "thresholds": {n: asdict(t) for n, t in told.contract.validate.thresholds.items()},
        "history": [{"version": v.number, "metrics": m} for v, m in told.history],
    }
    (folder / "validation.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if in_actions(env):
        outputs.write_summary(shown, env=env)
