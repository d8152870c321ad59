"""The logs of the failed jobs, several at a time, each beside the log of the same job when it passed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import JobPayload
from gatepost.config import Budget
from gatepost.errors import GatepostError
from gatepost.evidence.green import LastGreen
from gatepost.evidence.grouping import group_alike
from gatepost.evidence.log import Job, read_log
from gatepost.evidence.versions import Head, differences, versions
from gatepost.model import Evidence, EvidenceKind, Facts
from gatepost.safety import redact

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Downloads side by side: enough to hide the latency, few enough to be polite."""

MOST_COMPARED = 24
"""Above this many failed jobs no passing logs are read: they would double the requests of a large matrix."""

_MOST_VERSIONS = 60

_FAILED = frozenset({"failure", "timed_out", "startup_failure", "action_required"})


def failed_jobs(jobs: Iterable[JobPayload]) -> tuple[JobPayload, ...]:
    """
    Return the jobs that broke the run.

    A cancelled job counts only when nothing else failed: the others were cancelled because of
    a failure, while a job that exceeds its time limit is reported as cancelled too.
    """
    jobs = tuple(jobs)
    broken = tuple(job for job in jobs if job.conclusion in _FAILED)
    return broken or tuple(job for job in jobs if job.conclusion == "cancelled")


def failed_step(job: JobPayload) -> str:
    """Name the first step that did not succeed; empty when GitHub lists none."""
    steps = (s.name for s in job.steps if s.conclusion in ("failure", "timed_out", "cancelled"))
    return next(steps, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLogs:
    """Collects one piece of evidence per failed job, those alike in one."""

    hub: GitHub
    jobs: tuple[JobPayload, ...]
    """The failed ones."""

    green: LastGreen
    budget: Budget
    known: Collection[str] = ()
    progress: Callable[[str], None] = lambda _: None
    """Told in a few words what was just read; called from several threads."""

    name: str = "logs"

    def collect(self) -> Iterable[Evidence]:
        """Read, distil and group the logs; a log that cannot be read costs a sentence."""
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            read = list(pool.map(self._read, self.jobs))
        changed: dict[str, list[str]] = {}
        for evidence, differing in read:
            for line in differing:
                changed.setdefault(line, []).append(evidence.subject)
        return [*group_alike(evidence for evidence, _ in read), *self._versions(changed)]

    def _versions(self, changed: Mapping[str, Sequence[str]]) -> Iterable[Evidence]:
        green = self.green.find() if changed else None
        if green is None:
            return
        rows = [f"since run #{green.run.run_number}, which passed:"]
        rows += [f"  {line} ({_some(jobs, of=len(self.jobs))})" for line, jobs in changed.items()]
        yield Evidence(
            name="versions",
            kind=EvidenceKind.CHANGES,
            body=redact("\n".join(rows[:_MOST_VERSIONS]), known=self.known),
            source=green.run.html_url,
            dropped_lines=max(0, len(rows) - _MOST_VERSIONS),
        )

    def _read(self, job: JobPayload) -> tuple[Evidence, list[str]]:
        """Read one job's log; also say which versions differ from those of the passing one."""
        about = Job(
            name=job.name,
            source=job.html_url or "",
            step=failed_step(job),
            conclusion=job.conclusion or "",
            repository=self.hub.repository,
        )
        passed = self._passing(job)
        before, after = Head(passed or ()), Head(self._chunks(job.id))
        try:
            passing = before if passed else None
            found = read_log(after, job=about, budget=self.budget, passing=passing, known=self.known)
        except GatepostError as error:
            log.info("log of job %s: %s", job.id, error)
            found = self._unread(about, error)
        self.progress(f"read {found.subject}")
        return found, differences(versions(before.kept), versions(after.kept)) if before.kept else []

    def _chunks(self, job_id: int) -> Iterator[bytes]:
        """Open a log when its first piece is wanted: the link to it lives for a minute."""
        with self.hub.open(f"/actions/jobs/{job_id}/logs") as chunks:
            yield from chunks

    def _passing(self, job: JobPayload) -> Iterator[bytes] | None:
        if len(self.jobs) > MOST_COMPARED:
            return None
        green = self.green.find()
        same = green.jobs.get(job.name) if green else None
        return self._passing_chunks(same.id) if same else None

    def _passing_chunks(self, job_id: int) -> Iterator[bytes]:
        """A passing log is a help, not a need: what cannot be read of it is left out."""
        try:
            yield from self._chunks(job_id)
        except GatepostError as error:
            log.info("passing log of job %s: %s", job_id, error)

    def _unread(self, job: Job, error: GatepostError) -> Evidence:
        return Evidence(
            name=str(redact(f"log:{job.name}", known=self.known)),
            kind=EvidenceKind.LOG,
            body=redact(""),
            source=job.source,
            note=str(redact(f"The log cannot be read: {error.what}. To change that: {error.fix}.")),
            subject=str(redact(job.name, known=self.known)),
            facts=Facts(step=str(redact(job.step, known=self.known)), conclusion=job.conclusion),
        )


def _some(jobs: Sequence[str], *, of: int) -> str:
    if len(jobs) == of > 1:
        return "every failed job"
    return ", ".join(jobs[:3]) + (f" and {len(jobs) - 3} more" if len(jobs) > 3 else "")
