"""
False promotions at the stated alpha, and the power to promote what is better.

    uv run python -m benchmarks.promotion [DATA] [--out ANSWERS] [--rounds N]

DATA is not read: the test sets are simulated, since only then it is known which model is better.
Champion and challenger err together on hard rows, as real models do. The peer promotes whatever has
the higher number, which is what most pipelines do.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from gatepost.config.contract import Loss
from gatepost.gates.validate.compare import compare

ALPHA = 0.05
ROWS = (200, 1_000, 5_000)
GAINS = (0.0, 0.005, 0.01, 0.02, 0.04)
CHAMPION_ERROR = 0.12
SHARED = 0.7
"""Share of the champion's errors that the challenger makes too: hard rows are hard for both."""

Sample = Callable[[random.Random, int, float], tuple[Sequence[float], Sequence[float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One line of the power curve."""

    loss: Loss
    rows: int
    gain: float
    """True improvement: in error rate for accuracy, in mean loss otherwise."""

    promoted: float
    naive: float
    rounds: int

    @property
    def bound(self) -> float:
        """Three standard errors above alpha: what chance alone may show at `gain` 0."""
        return ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / self.rounds)


def errors(rng: random.Random, rows: int, gain: float) -> tuple[list[float], list[float]]:
    """Draw 0/1 losses; the challenger's error rate is the champion's less `gain`."""
    both = CHAMPION_ERROR * SHARED
    only_champion = CHAMPION_ERROR - both
    only_challenger = max(only_champion - gain, 0.0)
    challenger, champion = [], []
    for _ in range(rows):
        u = rng.random()
        challenger.append(
            float(u < both or both + only_champion <= u < both + only_champion + only_challenger)
        )
        champion.append(float(u < both + only_champion))
    return challenger, champion


def log_losses(rng: random.Random, rows: int, gain: float) -> tuple[list[float], list[float]]:
    """Draw skewed positive losses with a common part, as log losses are."""
    challenger, champion = [], []
    for _ in range(rows):
        common = rng.expovariate(4)
        challenger.append(common + rng.expovariate(10) - gain)
        champion.append(common + rng.expovariate(10))
    return challenger, champion


def measure(loss: Loss, sample: Sample, *, rows: int, gain: float, rounds: int, seed: int) -> Cell:
    """Run `rounds` comparisons and count the promotions of the gate and of the naive rule."""
    rng = random.Random(f"{seed}-{loss}-{rows}-{gain}")
    promoted = naive = 0
    for _ in range(rounds):
        challenger, champion = sample(rng, rows, gain)
        promoted += compare(challenger, champion, loss=loss).p_better <= ALPHA
        naive += sum(challenger) < sum(champion)
    return Cell(
        loss=loss, rows=rows, gain=gain, promoted=promoted / rounds, naive=naive / rounds, rounds=rounds
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the curves and one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    samples: dict[Loss, Sample] = {"accuracy": errors, "log_loss": log_losses}
    cells = [
        measure(loss, sample, rows=rows, gain=gain, rounds=_rounds(args.rounds, rows, gain), seed=args.seed)
        for loss, sample in samples.items()
        for rows in ROWS
        for gain in GAINS
    ]
    print(f"{'loss':10} {'rows':>6} {'gain':>6} {'promoted':>9} {'naive':>6} {'rounds':>7}")
    for c in cells:
        print(f"{c.loss:10} {c.rows:6} {c.gain:6.3f} {c.promoted:9.3f} {c.naive:6.3f} {c.rounds:7}")
    null = [c for c in cells if c.gain == 0.0]
    worst = max(null, key=lambda c: c.promoted - c.bound)
    summary = {
        "benchmark": "promotion",
        "alpha": ALPHA,
        "false_promotions": max(c.promoted for c in null),
        "false_promotions_pooled": sum(c.promoted * c.rounds for c in null) / sum(c.rounds for c in null),
        "standard_error": max(math.sqrt(ALPHA * (1 - ALPHA) / c.rounds) for c in null),
        "within_three_standard_errors": worst.promoted <= worst.bound,
        "naive_false_promotions": max(c.naive for c in null),
        "cells": [asdict(c) for c in cells],
    }
    if args.out:
        args.out.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in summary.items() if k != "cells"}))
    return 0


def _rounds(wanted: int, rows: int, gain: float) -> int:
    """Spend the time where a rate near alpha is to be told from alpha; a power curve shows with fewer."""
    return 10 * wanted if gain == 0.0 else max(100, wanted * 200 // rows)


if __name__ == "__main__":
    sys.exit(main())
