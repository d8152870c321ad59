"""The one report of a delivery: how each gate decided, the model's numbers, and what would be deployed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gatepost.model import Post, Verdict
from gatepost.posts.validation import MetricRow, metric_lines, through_versions
from gatepost.posts.verdict import finding_lines, headline
from gatepost.safety import SafeMarkdown, sanitise, shorten
from gatepost.safety.markdown import code, inline

MOST_BYTES = 52_000
"""Of 65,536 that GitHub takes; the marker needs the rest."""


class State(StrEnum):
    """What became of one gate."""

    PASSED = "passed"
    STOPPED = "stopped the delivery"
    UNDECIDED = "could not decide"
    UNTOLD = "ended well, but its verdict did not arrive"
    NOT_REACHED = "not reached"
    NOT_ASKED = "not asked"
    CANCELLED = "cancelled"


_SIGN = {
    State.PASSED: "✅",
    State.STOPPED: "❌",
    State.UNDECIDED: "❌",
    State.UNTOLD: "⚠️",
    State.NOT_REACHED: "➖",
    State.NOT_ASKED: "➖",
    State.CANCELLED: "⚠️",
}

# Facts that stand in a gate's own line, with the word before them.
_TOLD = {
    "linter": "",
    "tests": "",
    "coverage": "coverage",
    "scanners": "",
    "model version": "version",
    "reason": "",
    "digest": "",
    "commit": "commit",
    "sync": "Argo CD",
    "health": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate of the row."""

    name: str
    state: State
    verdict: Verdict | None = None
    note: str = ""
    """What the reader should know beside the verdict, such as why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The validation of the model."""

    metrics: tuple[MetricRow, ...]
    history: tuple[tuple[str, Mapping[str, float]], ...]
    """Version and its metrics, oldest first."""

    shown: str
    """The metric drawn through the history."""

    limit: float | None
    reason: str
    """Why the version was decided on, or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Everything one report tells."""

    gates: tuple[Gate, ...]
    numbers: Numbers | None
    size: tuple[tuple[str, str], ...]
    """Of the model and the image, as far as they were made."""

    deployment: tuple[tuple[str, str], ...]
    """What is, or would be, deployed and where; empty when nothing is configured."""

    proposed: bool
    """Whether it is a pull request, from which nothing is pushed or handed off."""

    kept: bool = False
    """Whether the champion stays, so that nothing is deployed."""

    notes: tuple[str, ...] = ()

    @property
    def stopped(self) -> Gate | None:
        """The first gate that did not let the delivery through."""
        return next((g for g in self.gates if g.state in {State.STOPPED, State.UNDECIDED}), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The run that the report is about."""

    repository: str
    server: str
    sha: str
    run_id: int
    workflow: str


def render(delivery: Delivery, origin: Origin) -> Post:
    """Lay the report out as a post; its key is one per workflow, so that the next run edits it."""

    def safe(lines: Iterable[str], *, between: str = "\n") -> SafeMarkdown:
        return sanitise(
            between.join(lines), repository=origin.repository or "local/local", server=origin.server
        )

    parts = [
        safe(_top(delivery)),
        safe(_numbers(delivery)),
        *_chart(delivery.numbers),
        safe(_findings(delivery.gates, origin), between="\n\n"),
        safe(_deployment(delivery)),
        safe(_foot(origin)),
    ]
    body = SafeMarkdown.join_all([part for part in parts if part.strip()], between="\n\n")
    what = f"delivery\0{origin.repository}\0{origin.workflow}"
    return Post(
        key=hashlib.sha256(what.encode()).hexdigest()[:16],
        title=_title(delivery),
        body=shorten(body, max_bytes=MOST_BYTES),
    )


def _title(delivery: Delivery) -> str:
    if stopped := delivery.stopped:
        return f"Delivery stopped by {stopped.name}"
    states = {gate.state for gate in delivery.gates}
    if State.CANCELLED in states:
        return "Delivery cancelled"
    if not states & {State.PASSED, State.UNTOLD}:
        return "Delivery did not begin"
    if delivery.kept:
        return "Every gate passed, and the champion stays"
    return "Ready to deliver" if delivery.proposed else "Every gate that was asked passed"


def _top(delivery: Delivery) -> Iterator[str]:
    stopped = delivery.stopped
    states = {gate.state for gate in delivery.gates}
    sign = "❌" if stopped else "⚠️" if State.CANCELLED in states else "✅"
    if states <= {State.NOT_REACHED, State.NOT_ASKED}:
        sign = "➖"
    yield f"### {sign} {inline(_title(delivery))}"
    yield from ("", "| gate | | |", "|---|---|---|")
    for gate in delivery.gates:
        said = inline(_said(gate))
        yield f"| {inline(gate.name)} | {_SIGN[gate.state]} {gate.state.value} | {said} |"
    yield ""
    yield from (f"> {inline(note)}\n" for note in delivery.notes)


def _said(gate: Gate) -> str:
    """Say in one line what a gate decided from."""
    parts = [gate.note] if gate.note else []
    if gate.verdict:
        parts += [
            f"{label} {value}".strip()
            for name, value in gate.verdict.facts
            if value and (label := _TOLD.get(name)) is not None
        ]
        if gate.verdict.findings:
            parts.insert(0, headline(gate.verdict).partition(" ")[2])
    return " · ".join(parts)[:400]


def _numbers(delivery: Delivery) -> Iterator[str]:
    numbers = delivery.numbers
    if numbers:
        yield from ("#### The model against its champion", "")
        yield from metric_lines(numbers.metrics)
        if numbers.reason:
            yield f"Decision: {inline(numbers.reason)}\n"
    if delivery.size:
        yield "Size: " + ", ".join(f"{inline(name)} {inline(value)}" for name, value in delivery.size)


def _chart(numbers: Numbers | None) -> Sequence[SafeMarkdown]:
    return through_versions(numbers.history, shown=numbers.shown, limit=numbers.limit) if numbers else ()


def _findings(gates: Sequence[Gate], origin: Origin) -> Iterator[str]:
    """Yield each gate's findings: open for the one that stopped, folded for what only warned."""
    base = f"{origin.server}/{origin.repository}/blob/{origin.sha}" if origin.sha else ""
    for gate in gates:
        if not (gate.verdict and gate.verdict.findings):
            continue
        table = "\n".join(finding_lines(gate.verdict, base=base))
        if gate.state is State.PASSED:
            title = f"{inline(headline(gate.verdict))}"
            yield f"<details><summary>{title}</summary>\n\n{table}\n\n</details>"
        else:
            yield f"#### What stopped {inline(gate.name)}\n\n{table}"


def _deployment(delivery: Delivery) -> Iterator[str]:
    if not delivery.deployment or delivery.kept:
        return
    done = any(gate.name == "handoff" and gate.state is State.PASSED for gate in delivery.gates)
    yield f"#### What {'was handed off' if done else 'would be deployed'}"
    yield from ("", "| | |", "|---|---|")
    for name, value in delivery.deployment:
        yield f"| {inline(name)} | {code(value)} |"
    if stopped := delivery.stopped:
        yield (
            f"\nThe manifests are untouched: {inline(stopped.name)} {stopped.state.value}."
            if not done
            else ""
        )
    elif delivery.proposed:
        yield "\nA pull request pushes and hands off nothing; its merge does."


def _foot(origin: Origin) -> Iterator[str]:
    base = f"{origin.server}/{origin.repository}"
    parts = []
    if origin.run_id:
        name = f"{inline(origin.workflow or 'delivery')}, run {origin.run_id}"
        parts.append(f"[{name}]({base}/actions/runs/{origin.run_id})")
    if origin.sha:
        parts.append(f"[{code(origin.sha[:7])}]({base}/commit/{origin.sha})")
    if parts:
        yield "***\n\n" + " · ".join(parts)
