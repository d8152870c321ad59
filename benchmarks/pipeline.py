"""
A push through every gate of deliver.yml under act, beside the time that the gates' own tools take.

    uv run python -m benchmarks.pipeline [DATA] [--out ANSWERS] [--warm N]

DATA is a git checkout of a model repository; without it `model-source`. Cold is a runner that has never
delivered: no Python environment of the repository, no environment of gatepost, an empty package
cache. Warm is the same runner afterwards; each job still installs its own environment from that cache,
as on a machine of its own, and its first imports compile what they read: both count as ours.

The floor is the gates' tools called directly, in the same
order and side by side where the jobs are: linter and tests, the scanners, the training, MLflow's own
client and Matplotlib. No image is built and nothing is handed off: that is the road's part. Advisories
come from a server on this machine. The network's speed is in the cold time.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import TypeVar

from gatepost.config import contract
from gatepost.flows.scan import scanners, target_of
from tests.e2e.bench import ROOT, Outcome
from tests.e2e.delivery import Advisories, Delivery, Runner
from tests.servers.github import GitHub
from tests.tools import tool

T = TypeVar("T")
GOALS = {"cold_s": 300.0, "warm_s": 90.0, "overhead": 0.10}
NAMES = ("semgrep", "bandit", "pip-audit", "gitleaks", "zizmor")
GATES = ("check", "scan", "train", "validate", "seal", "report")
_STEP = re.compile(r'launch\.sh" "\w*" (\w+) \[((?:\d+h)?(?:\d+m(?!s))?[\d.]+(?:s|ms|µs))\]')

MLFLOW = """
import sys
from pathlib import Path
from mlflow import MlflowClient
from mlflow.entities import Metric
out, store = Path(sys.argv[1]), Path(sys.argv[2])
client = MlflowClient(tracking_uri=f"sqlite:///{store}/mlflow.db", registry_uri=f"sqlite:///{store}/mlflow.db")
if sys.argv[3] == "register":
    experiment = client.create_experiment("floor", artifact_location=(store / "files").as_uri())
    run = client.create_run(experiment).info
    client.log_batch(run.run_id, metrics=[Metric("accuracy", 0.9, 0, 0)])
    client.log_artifacts(run.run_id, str(out / "model"), "model")
    client.log_artifact(run.run_id, str(out / "predictions.csv"))
    client.create_registered_model("floor")
    client.create_model_version("floor", f"{run.artifact_uri}/model", run.run_id)
    client.set_registered_model_alias("floor", "challenger", "1")
else:
    import scipy.stats
    from matplotlib.figure import Figure
    version = client.get_model_version_by_alias("floor", "challenger")
    client.download_artifacts(version.run_id, "predictions.csv", str(store))
    for number in range(5):
        figure = Figure()
        figure.subplots().bar([1, 2], [1, 2])
        figure.savefig(store / f"{number}.png")
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table, the ratios and one JSON line; the exit code is 1 when a job failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path, default=ROOT / "model-source")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--warm", type=int, default=2)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch, GitHub() as github, Advisories() as advisories:
        folder = Path(scratch)
        bench = folder / "bench"
        bench.mkdir()
        cache = {"UV_CACHE_DIR": str(folder / "uv-cache"), "PIP_NO_CACHE_DIR": "1"}
        delivery = Delivery(
            folder=bench, github=github, advisories=advisories, runner=Runner.bare(folder / "runner"),
            source=args.data.resolve(), scanners=NAMES, env=cache,
        )  # fmt: skip
        cold, first = _timed(delivery.push)
        warm = [_timed(delivery.push) for _ in range(args.warm)]
        outcomes = [first, *(outcome for _, outcome in warm)]
        if failed := [o for o in outcomes if set(o.jobs.values()) != {"success"}]:
            print(failed[0].log[-4000:], file=sys.stderr)
            return 1
        # As warm as the runs that they are held against: the first round compiles what the tools import.
        rounds = [_floor(delivery, advisories, folder / f"floor-{n}") for n in range(args.warm + 1)][1:]
        floor = {gate: median(each[gate] for each in rounds) for gate in rounds[0]}
        gates = {gate: median(_seconds(outcome, gate) for _, outcome in warm) for gate in GATES}
    summary = _summary(cold, [seconds for seconds, _ in warm], gates, floor)
    _show(summary)
    if args.out:
        args.out.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(summary))
    return 0


def _summary(
    cold: float, warm: Sequence[float], gates: dict[str, float], floor: dict[str, float]
) -> dict[str, object]:
    # Check and scan are jobs side by side: what counts is the longer one, on either side.
    own = max(gates["check"], gates["scan"]) + sum(gates[g] for g in GATES[2:])
    tools = max(floor["check"], floor["scan"]) + floor["train"] + floor["validate"]
    figures = {"cold_s": cold, "warm_s": median(warm), "overhead": own / tools - 1}
    return {
        "benchmark": "pipeline",
        **figures,
        "gates_s": gates,
        "tools_s": floor,
        "outside_gates_s": median(warm) - own,
        "goals": GOALS,
        "met": {name: figures[name] <= goal for name, goal in GOALS.items()},
    }


def _show(summary: dict[str, object]) -> None:
    gates, tools = summary["gates_s"], summary["tools_s"]
    assert isinstance(gates, dict)
    assert isinstance(tools, dict)
    print(f"{'gate':10}{'warm s':>9}{'tools s':>9}{'ratio':>7}")
    for gate, seconds in gates.items():
        floor = tools.get(gate)
        told = f"{floor:9.2f}{seconds / floor:7.2f}" if floor else f"{'-':>9}"
        print(f"{gate:10}{seconds:9.2f}{told}")
    print(f"outside the gates (act, checkout, dependencies, artifacts): {summary['outside_gates_s']:.1f} s")
    for name, goal in GOALS.items():
        print(f"{name:10}{summary[name]:9.2f}   goal {goal:g}")


def _seconds(outcome: Outcome, gate: str) -> float:
    """Add up how long the steps of a gate took, as act measured them."""
    found = [_duration(said) for name, said in _STEP.findall(outcome.log) if name == gate]
    assert found, f"act did not say how long {gate} took"
    return sum(found)


def _duration(said: str) -> float:
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "µs": 1e-6}
    return sum(float(n) * units[unit] for n, unit in re.findall(r"([\d.]+)(h|ms|µs|m|s)", said))


def _floor(delivery: Delivery, advisories: Advisories, folder: Path) -> dict[str, float]:
    """Call the tools themselves on a fresh checkout, each job's as the job does; seconds by gate."""
    root = folder / "churn"
    subprocess.run(["git", "clone", "--quiet", str(delivery.root), str(root)], check=True)
    os.environ["PIP_AUDIT_VULNERABILITY_SERVICE"] = "osv"
    os.environ["PIP_AUDIT_OSV_URL"] = f"{advisories.url}/v1/query"
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["PATH"] = f"{tool('gitleaks').parent}{os.pathsep}{os.environ['PATH']}"
    python = str(delivery.runner.python / "python")
    rules = contract.read(root)
    command = [python if word in {"python", "python3"} else word for word in rules.train.command]
    store = folder / "store"
    store.mkdir()
    client = [sys.executable, "-c", MLFLOW, str(root / rules.train.out), str(store)]

    def call(*words: str) -> None:
        subprocess.run(words, cwd=root, check=True, capture_output=True)

    def check() -> None:
        _side_by_side(
            [
                lambda: call(python, "-m", "flake8", "."),
                lambda: call(python, "-m", "pytest", "--cov=.", "--cov-report=json:/dev/null"),
            ]
        )

    def scan() -> None:
        target = target_of(root, exclude=())
        tools = [t for t in scanners(NAMES, history=True, env={}) if t.inputs(target)]
        _side_by_side([lambda t=t: t.scan(target) for t in tools])

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(_timed, job) for job in (check, scan)]
        (checked, _), (scanned, _) = (job.result() for job in jobs)
    trained, _ = _timed(lambda: (call(*command), call(*client, "register")))
    validated, _ = _timed(lambda: call(*client, "validate"))
    return {"check": checked, "scan": scanned, "train": trained, "validate": validated}


def _side_by_side(actions: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(len(actions)) as pool:
        for done in [pool.submit(action) for action in actions]:
            done.result()


def _timed(action: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    answer = action()
    return round(time.perf_counter() - started, 3), answer


if __name__ == "__main__":
    sys.exit(main())
