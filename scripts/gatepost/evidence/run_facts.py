"""The run itself as evidence: which jobs and steps failed, and how long they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gatepost.clients.github_payloads import JobPayload
from gatepost.model import Evidence, EvidenceKind, Run
from gatepost.safety import redact

_MOST_JOBS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """Collects one short table of the run; asks nobody."""

    run: Run
    jobs: tuple[JobPayload, ...]
    """Every job of the attempt."""

    failed: tuple[JobPayload, ...]
    name: str = "run"

    def collect(self) -> Iterable[Evidence]:
        """Write the table down."""
        rows = [_job_line(job) for job in self.failed[:_MOST_JOBS]]
        body = redact("\n".join([*_head(self.run), _counts(self.jobs), *rows]))
        dropped = len(self.failed) - len(rows)
        yield Evidence(
            name=self.name,
            kind=EvidenceKind.METADATA,
            body=body,
            source=self.run.url,
            dropped_lines=dropped,
            note=_note(self.run, self.jobs),
        )


def _head(run: Run) -> list[str]:
    return [
        f"run: {run.subject}",
        f"conclusion: {run.conclusion}",
        f"event: {run.event}",
        f"workflow file: {run.workflow_path or 'unknown'}",
        f"commit: {run.head_sha} of {run.head_repository or 'a deleted repository'}",
    ]


def _counts(jobs: Iterable[JobPayload]) -> str:
    counts = Counter(job.conclusion or job.status for job in jobs)
    return "jobs: " + (", ".join(f"{count} {word}" for word, count in counts.most_common()) or "none")


def _job_line(job: JobPayload) -> str:
    steps = [s for s in job.steps if s.conclusion in ("failure", "timed_out", "cancelled")]
    at = f" in step {steps[0].number} {steps[0].name!r}" if steps else ""
    took = (
        f" after {_seconds(job.started_at, job.completed_at)} s"
        if job.started_at and job.completed_at
        else ""
    )
    return f"job {job.name!r}: {job.conclusion}{at}{took}"


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds()))


def _note(run: Run, jobs: tuple[JobPayload, ...]) -> str:
    if run.conclusion == "startup_failure" or not jobs:
        file = run.workflow_path or "the workflow file"
        return f"No job was started: GitHub could not read {file} as a workflow, or it names no runner."
    return ""
