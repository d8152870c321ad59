"""Thresholds first, then the champion, then each slice; one decision, with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gatepost.config.contract import Validation
from gatepost.gates.validate.compare import Comparison, Pairing, compare, pair
from gatepost.model import Finding, Level, Verdict
from gatepost.predictions import Predictions


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether the challenger becomes the champion. Recorded with the model version."""

    promote: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One value of one slice column."""

    name: str
    """`column=value`."""

    rows: int
    accuracy: float
    against: Comparison | None
    """`None` without a champion or with too few rows to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """Everything the gate worked out; the report and the verdict are made of it."""

    overall: Comparison | None
    """`None` without a champion."""

    unmatched: int
    slices: tuple[Slice, ...]
    decision: Decision
    verdict: Verdict


def validate(
    rules: Validation,
    *,
    metrics: Mapping[str, float],
    challenger: Predictions,
    champion: Predictions | None,
    champion_name: str = "",
) -> Validated:
    """
    Judge a challenger.

    A threshold that is broken, and a loss that is significantly worse than the champion's (overall,
    or in a slice after Holm's correction), stop the delivery. A challenger that is not shown to be
    better passes, and stays a challenger.
    """
    findings = list(_thresholds(rules, metrics))
    paired = pair(challenger, champion, rules.compare) if champion is not None else None
    overall = _overall(rules, paired)
    slices = tuple(_slices(rules, challenger, paired))
    findings += _comparison(rules, overall, paired, champion_name)
    findings += _worse_slices(rules, slices)
    if len(challenger) < rules.minimum_rows:
        findings.append(_too_few("the test set", len(challenger), rules, level=Level.ERROR))
    stopped = any(f.level is Level.ERROR for f in findings)
    decision = _decide(rules, overall, stopped=stopped, champion=champion_name)
    facts = [(n, f"{metrics[n]:.6g} ({_range(rules, n)})") for n in rules.thresholds if n in metrics]
    facts += [("champion", champion_name or "none yet"), ("promote", "yes" if decision.promote else "no")]
    facts.append(("reason", decision.reason))
    return Validated(
        overall=overall,
        unmatched=paired.unmatched if paired else 0,
        slices=slices,
        decision=decision,
        verdict=Verdict(gate="validate", findings=tuple(findings), facts=tuple(facts)),
    )


def _thresholds(rules: Validation, metrics: Mapping[str, float]) -> Iterator[Finding]:
    for name, limit in rules.thresholds.items():
        value = metrics.get(name)
        if value is None:
            yield _error(
                "metric-missing", f"{name} has a threshold in metrics.yml, but the training did not report it"
            )
        elif limit.least is not None and value < limit.least:
            yield _error("below-threshold", f"{name} {value:.4f} is below the threshold {limit.least:g}")
        elif limit.most is not None and value > limit.most:
            yield _error("above-threshold", f"{name} {value:.4f} is above the threshold {limit.most:g}")


def _overall(rules: Validation, paired: Pairing | None) -> Comparison | None:
    if paired is None:
        return None
    margin = rules.margin if rules.promote_if == "not-worse" else 0.0
    return compare(paired.challenger, paired.champion, loss=rules.compare, margin=margin)


def _comparison(
    rules: Validation, overall: Comparison | None, paired: Pairing | None, champion: str
) -> Iterator[Finding]:
    if overall is None or paired is None:
        return
    if overall.rows < rules.minimum_rows:
        why = f"{overall.rows} rows shared with the champion's test set"
        yield _too_few(why, overall.rows, rules, level=Level.WARNING)
    elif overall.p_worse <= rules.alpha:
        yield _error(
            "worse-than-champion",
            f"{rules.compare} is worse than {champion}'s: mean loss {overall.challenger:.4f} against "
            f"{overall.champion:.4f}, {overall.rows} rows (p = {overall.p_worse:.2g}, alpha {rules.alpha:g})",
        )
    if paired.unmatched and overall.rows >= rules.minimum_rows:
        yield Finding(
            rule="validate/test-set-changed",
            level=Level.NOTE,
            message=f"{paired.unmatched} test rows are new since {champion}; compared on the others",
        )


def _slices(rules: Validation, challenger: Predictions, paired: Pairing | None) -> Iterator[Slice]:
    for column in rules.slices:
        values = challenger.slices.get(column)
        if values is None:
            continue
        for value in sorted(set(values)):
            rows = [i for i, v in enumerate(values) if v == value]
            right = sum(challenger.predicted[i] == challenger.labels[i] for i in rows)
            against = None
            if paired is not None:
                mine = [n for n, i in enumerate(paired.at) if values[i] == value]
                if len(mine) >= rules.minimum_rows:
                    against = compare(
                        [paired.challenger[n] for n in mine],
                        [paired.champion[n] for n in mine],
                        loss=rules.compare,
                    )
            yield Slice(name=f"{column}={value}", rows=len(rows), accuracy=right / len(rows), against=against)


def _worse_slices(rules: Validation, slices: Sequence[Slice]) -> Iterator[Finding]:
    """Apply Holm's step-down correction (Holm 1979), so that many slices do not make false alarms."""
    tested = [(s, s.against) for s in slices if s.against is not None]
    tested.sort(key=lambda pair: pair[1].p_worse)
    for number, (part, against) in enumerate(tested):
        if against.p_worse > rules.alpha / (len(tested) - number):
            break
        yield _error(
            "slice-worse-than-champion",
            f"{part.name}: mean loss {against.challenger:.4f} against {against.champion:.4f} on "
            f"{against.rows} rows (p = {against.p_worse:.2g})",
        )


def _decide(rules: Validation, overall: Comparison | None, *, stopped: bool, champion: str) -> Decision:
    if stopped:
        return Decision(promote=False, reason="a finding stops the delivery")
    if overall is None:
        return Decision(promote=True, reason="there is no champion yet, and every threshold holds")
    if overall.rows < rules.minimum_rows:
        return Decision(
            promote=False, reason=f"not decidable: {overall.rows} shared rows of {rules.minimum_rows}"
        )
    told = f"p = {overall.p_better:.2g}, alpha {rules.alpha:g}, {overall.rows} rows"
    claim = "better than" if rules.promote_if == "better" else f"at most {rules.margin:g} worse than"
    if overall.p_better <= rules.alpha:
        return Decision(promote=True, reason=f"{claim} {champion} ({told})")
    return Decision(promote=False, reason=f"not shown to be {claim} {champion} ({told})")


def _too_few(what: str, rows: int, rules: Validation, *, level: Level) -> Finding:
    return Finding(
        rule="validate/not-decidable",
        level=level,
        message=f"not decidable: {what}: {rows} rows, at least {rules.minimum_rows} are needed",
    )


def _range(rules: Validation, name: str) -> str:
    limit = rules.thresholds[name]
    parts = [f"at least {limit.least:g}"] if limit.least is not None else []
    parts += [f"at most {limit.most:g}"] if limit.most is not None else []
    return ", ".join(parts)


def _error(slug: str, message: str) -> Finding:
    return Finding(rule=f"validate/{slug}", level=Level.ERROR, message=message)
