"""Challenger against champion, row by row, on the rows that both were asked about."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from gatepost.config.contract import Loss
from gatepost.errors import ConfigError
from gatepost.predictions import Predictions

# A probability of exactly 0 or 1 that is wrong would cost infinitely much.
CLIP = 1e-15


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The result of one paired test. Losses: smaller is better; for accuracy the loss is the error rate."""

    rows: int
    challenger: float
    """Mean loss of the challenger."""

    champion: float
    p_better: float
    """Chance of a difference this good or better if the challenger were not better (by the margin)."""

    p_worse: float
    """Chance of a difference this bad or worse if the challenger were not worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """The losses of both models on the same rows."""

    challenger: tuple[float, ...]
    champion: tuple[float, ...]
    at: tuple[int, ...]
    """Position of each row in the challenger's file."""

    unmatched: int
    """Rows of the challenger's test set that the champion was not asked about, or with another label."""


def pair(challenger: Predictions, champion: Predictions, loss: Loss) -> Pairing:
    """Match rows by key and label. Raises `ConfigError` when the loss needs a column that is not there."""
    where = {key: i for i, key in enumerate(champion.keys)}
    both = [
        (i, where[key])
        for i, key in enumerate(challenger.keys)
        if key in where and champion.labels[where[key]] == challenger.labels[i]
    ]
    return Pairing(
        challenger=_losses(challenger, (i for i, _ in both), loss),
        champion=_losses(champion, (j for _, j in both), loss),
        at=tuple(i for i, _ in both),
        unmatched=len(challenger) - len(both),
    )


def compare(
    challenger: Sequence[float], champion: Sequence[float], *, loss: Loss, margin: float = 0.0
) -> Comparison:
    """
    Test whether the challenger's loss is smaller than the champion's plus `margin`, and whether it is larger.

    For accuracy without a margin that is McNemar's exact test (McNemar 1947; binomial on the rows
    that only one model gets right). Otherwise it is Student's paired t-test on the differences, which
    relies on a few hundred rows. Without rows both p-values are 1.
    """
    rows = len(challenger)
    if not rows:
        return Comparison(rows=0, challenger=math.nan, champion=math.nan, p_better=1.0, p_worse=1.0)
    differences = [a - b for a, b in zip(challenger, champion, strict=True)]
    if loss == "accuracy":
        gained, lost = differences.count(-1.0), differences.count(1.0)
        p_worse = _binomial_tail(lost, gained + lost)
        p_better = _t_below(differences, margin) if margin else _binomial_tail(gained, gained + lost)
    else:
        p_worse = _t_below([-d for d in differences], 0.0)
        p_better = _t_below(differences, margin)
    return Comparison(
        rows=rows,
        challenger=sum(challenger) / rows,
        champion=sum(champion) / rows,
        p_better=p_better,
        p_worse=p_worse,
    )


def _binomial_tail(successes: int, trials: int) -> float:
    """Return P(X >= successes) for X ~ Binomial(trials, 1/2), exactly."""
    ways = sum(math.comb(trials, k) for k in range(successes, trials + 1))
    return float(ways / 2**trials)


def _t_below(differences: Sequence[float], margin: float) -> float:
    """Return the one-sided p-value for a mean difference below `margin`."""
    from scipy.stats import t  # noqa: PLC0415 - costs a second, and only this gate needs it

    rows = len(differences)
    mean = sum(differences) / rows
    if rows < 2:
        return 1.0
    variance = sum((d - mean) ** 2 for d in differences) / (rows - 1)
    if variance == 0:
        return 0.0 if mean < margin else 1.0
    return float(t.cdf((mean - margin) / math.sqrt(variance / rows), rows - 1))


def _losses(predictions: Predictions, at: Iterable[int], loss: Loss) -> tuple[float, ...]:
    per_row = _LOSSES[loss]
    return tuple(per_row(predictions, i) for i in at)


def _wrong(p: Predictions, i: int) -> float:
    return float(p.predicted[i] != p.labels[i])


def _brier(p: Predictions, i: int) -> float:
    return (_probability(p, i) - _zero_or_one(p.labels[i])) ** 2


def _log_loss(p: Predictions, i: int) -> float:
    positive = min(max(_probability(p, i), CLIP), 1 - CLIP)
    return -math.log(positive if _zero_or_one(p.labels[i]) else 1 - positive)


def _absolute(p: Predictions, i: int) -> float:
    return abs(_value(p.predicted[i]) - _value(p.labels[i]))


def _squared(p: Predictions, i: int) -> float:
    return _absolute(p, i) ** 2


_LOSSES: dict[Loss, Callable[[Predictions, int], float]] = {
    "accuracy": _wrong,
    "brier": _brier,
    "log_loss": _log_loss,
    "absolute_error": _absolute,
    "squared_error": _squared,
}


def _probability(p: Predictions, i: int) -> float:
    if p.probability is None:
        raise ConfigError(
            "predictions.csv has no column 'probability'",
            fix="write it, or compare by accuracy in metrics.yml",
        )
    return p.probability[i]


def _zero_or_one(label: str) -> float:
    value = _value(label)
    if value not in (0.0, 1.0):
        raise ConfigError(
            f"predictions.csv: label {label!r} is neither 0 nor 1", fix="compare by accuracy in metrics.yml"
        )
    return value


def _value(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ConfigError(
            f"predictions.csv: {text!r} is not a number", fix="compare by accuracy in metrics.yml"
        ) from error
