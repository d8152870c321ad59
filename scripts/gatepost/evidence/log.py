"""One failed log, as evidence: distilled, redacted, with what is odd about it said in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from gatepost.config import Budget
from gatepost.evidence.distil import Distillate, distil
from gatepost.evidence.paths import in_repository
from gatepost.model import Evidence, EvidenceKind, Facts, Place
from gatepost.safety import redact

Log = BinaryIO | Iterable[bytes] | bytes

_PLACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is known of a log besides its text. Untrusted: job and step names come from a workflow file."""

    name: str
    """The job's name, or the file's."""

    source: str
    """Where a person can read the original."""

    step: str = ""
    conclusion: str = ""
    """As GitHub words it; empty when nobody said."""

    repository: str = ""
    """`owner/name` that the log's paths are of; empty when unknown."""


def read_log(
    log: Log, *, job: Job, budget: Budget, passing: Log | None = None, known: Collection[str] = ()
) -> Evidence:
    """
    Distil one log in a single pass, whatever its size.

    `passing` is a log of the same job that passed. `known` are secret values to blank wherever
    they stand.
    """
    found = distil(
        log,
        passing=passing,
        max_lines=budget.lines,
        max_bytes=budget.job_bytes,
        redact=lambda text: redact(text, known=known),
    )
    # Once more over the whole: a key that spans lines shows only here.
    body = redact("\n".join(line.text for line in found.lines), known=known)
    return Evidence(
        name=str(redact(f"log:{job.name}", known=known)),
        kind=EvidenceKind.LOG,
        body=body,
        source=job.source,
        line_numbers=tuple(line.number for line in found.lines),
        dropped_lines=found.dropped_lines,
        note=_note(found, job),
        subject=str(redact(job.name, known=known)),
        facts=_facts(found, job, known=known),
    )


def _note(found: Distillate, job: Job) -> str:
    """Say what keeps the log from being the whole story."""
    if found.total_lines == 0:
        return "The log is empty."
    if found.empty:
        return f"The log's {found.total_lines} lines hold no readable text."
    notes = []
    if found.binary:
        notes.append("The log is binary data, not text: what is shown of it may say nothing.")
    if found.truncated:
        notes.append("The log is cut off: its end is missing.")
    if found.timed_out or job.conclusion == "timed_out":
        notes.append("It ran out of time; the last lines show what it was doing.")
    elif found.cancelled or job.conclusion == "cancelled":
        notes.append("It was cancelled, so the log may stop before any cause.")
    return " ".join(notes)


def _facts(found: Distillate, job: Job, *, known: Collection[str]) -> Facts:
    step = job.step or (found.steps[0] if found.steps else "")
    conclusion = job.conclusion or (
        "timed_out" if found.timed_out else "cancelled" if found.cancelled else ""
    )
    return Facts(
        step=str(redact(step, known=known)),
        conclusion=conclusion,
        exit_codes=found.exit_codes,
        tools=tuple(tool.tool for tool in found.tools),
        places=tuple(_places(found.places, job.repository, known=known)),
    )


def _places(named: Iterable[Place], repository: str, *, known: Collection[str]) -> Iterable[Place]:
    kept: dict[Place, None] = {}
    for place in named:
        path = in_repository(place.path, repository=repository)
        if path and redact(path, known=known) == path and len(kept) < _PLACES:
            kept[Place(path=path, line=place.line)] = None
    return kept
