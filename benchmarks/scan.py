"""
Wall time of the scan gate beside its slowest tool.

    uv run python -m benchmarks.scan [DATA] [--out ANSWERS] [--rounds N]

DATA is a git checkout to scan; without it this repository. The floor is the slowest scanner run
alone in the same run; where all of them together need more processor time than this machine has in
that time, the bound is what its cores can do. Scanners whose program is not on the PATH are left out
and named, and pip-audit and Snyk are not measured, since they wait for somebody else's server.
"""

from __future__ import annotations

import argparse
import json
import os
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
    cpu: dict[str, list[float]] = {}
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
                started, used = time.perf_counter(), _children_s()
                tool.scan(target)
            except GatepostError as error:
                print(f"left out: {name}: {error.what}")
                left_out.append(name)
                continue
            if round_:
                alone.setdefault(name, []).append(time.perf_counter() - started)
                cpu.setdefault(name, []).append(_children_s() - used)
        tools = scanners([n for n in NAMES if n not in left_out], history=settings.history, env={})
        started = time.perf_counter()
        scan(target, tools)
        if round_:
            together.append(time.perf_counter() - started)
    medians = {name: statistics.median(seconds) for name, seconds in alone.items()}
    slowest = max(medians, key=lambda name: medians[name])
    gate = statistics.median(together)
    work = sum(statistics.median(seconds) for seconds in cpu.values())
    bound = max(medians[slowest], work / (os.cpu_count() or 1))
    print(f"{len(target.files)} files")
    for name, seconds in medians.items():
        print(f"{name:10}{seconds:8.2f} s alone")
    print(f"{'gate':10}{gate:8.2f} s")
    print(f"all tools' processor time {work:.2f} s on {os.cpu_count()} cores: at least {bound:.2f} s")
    print(
        f"gate / {slowest}: {gate / medians[slowest]:.2f}; gate / bound: {gate / bound:.2f}; "
        f"gate / sum: {gate / sum(medians.values()):.2f}"
    )
    summary = {
        "benchmark": "scan",
        "files": len(target.files),
        "alone_s": medians,
        "gate_s": gate,
        "ratio_to_slowest": gate / medians[slowest],
        "bound_s": bound,
        "ratio_to_bound": gate / bound,
        "left_out": left_out,
    }
    if args.out:
        args.out.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(summary))
    return 0


def _children_s() -> float:
    """Return the processor time of all processes that this one has started and that ended."""
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    sys.exit(main())
