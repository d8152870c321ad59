"""
Wall time of the scan gate beside its slowest tool.

    uv run python -m benchmarks.scan [DATA] [--out ANSWERS] [--rounds N]

DATA is a git checkout to scan; without it this repository. The floor is the slowest scanner run
alone in the same run. Scanners whose program is not on the PATH are left out and named, and
pip-audit and Snyk are not measured, since they wait for somebody else's server.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gatepost import config
from gatepost.errors import GatepostError
from gatepost.flows.scan import scanners, target_of
from gatepost.gates.scan import scan

NAMES = ("semgrep", "bandit", "gitleaks", "trivy", "zizmor")


def main(argv: Sequence[str] | None = None) -> int:
    """Print each tool's time alone, the gate's time, their ratio, and one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path, default=Path())
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args(argv)
    settings = config.read(args.data, env={}).scan
    target = target_of(args.data.resolve(), exclude=settings.exclude)
    alone: dict[str, list[float]] = {}
    together: list[float] = []
    left_out: list[str] = []
    for round_ in range(args.rounds + 1):  # the first round warms caches and is not counted
        for name in NAMES:
            if name in left_out:
                continue
            (tool,) = scanners([name], history=settings.history, env={})
            if not tool.inputs(target):
                continue
            try:
                started = time.perf_counter()
                tool.scan(target)
            except GatepostError as error:
                print(f"left out: {name}: {error.what}")
                left_out.append(name)
                continue
            if round_:
                alone.setdefault(name, []).append(time.perf_counter() - started)
        used = scanners([n for n in NAMES if n not in left_out], history=settings.history, env={})
        started = time.perf_counter()
        scan(target, used)
        if round_:
            together.append(time.perf_counter() - started)
    medians = {name: statistics.median(seconds) for name, seconds in alone.items()}
    slowest = max(medians, key=lambda name: medians[name])
    gate = statistics.median(together)
    print(f"{len(target.files)} files")
    for name, seconds in medians.items():
        print(f"{name:10}{seconds:8.2f} s alone")
    print(f"{'gate':10}{gate:8.2f} s")
    print(f"gate / {slowest}: {gate / medians[slowest]:.2f}; gate / sum: {gate / sum(medians.values()):.2f}")
    summary = {
        "benchmark": "scan",
        "files": len(target.files),
        "alone_s": medians,
        "gate_s": gate,
        "ratio_to_slowest": gate / medians[slowest],
        "left_out": left_out,
    }
    if args.out:
        args.out.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(summary))
    return 0


if __name__ == "__main__":
    sys.exit(main())
