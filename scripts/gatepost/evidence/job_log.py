"""One failed job's log, read from GitHub beside the log of the same job when it passed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import JobPayload
from gatepost.config import Budget
from gatepost.errors import GatepostError
from gatepost.evidence.log import Job, read_log
from gatepost.evidence.versions import Head, differences, versions
from gatepost.model import Evidence, EvidenceKind, Facts
from gatepost.safety import redact

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLog:
    """What one job's log yields."""

    evidence: Evidence
    differing: tuple[str, ...] = ()
    """Versions that differ from those of the passing log, one line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the logs of one run's failed jobs."""

    hub: GitHub
    budget: Budget
    known: Collection[str] = ()

    def read(self, job: JobPayload, *, passing: int = 0) -> JobLog:
        """Read one log, compared with that of the job with id `passing`; 0 compares with none."""
        about = Job(
            name=job.name,
            source=job.html_url or "",
            step=failed_step(job),
            conclusion=job.conclusion or "",
            repository=self.hub.repository,
        )
        broken: list[str] = []
        before, after = Head(self._passing(passing)), Head(self._as_far_as_it_goes(job.id, broken))
        try:
            found = read_log(
                after,
                job=about,
                budget=self.budget,
                passing=before if passing else None,
                known=self.known,
            )
        except GatepostError as error:
            log.info("log of job %s: %s", job.id, error)
            return JobLog(evidence=self._unread(about, error))
        if broken:
            note = str(redact(f"The log was read in part: {broken[0]}.", known=self.known))
            found = replace(found, note=" ".join(part for part in (note, found.note) if part))
        if not before.kept:
            return JobLog(evidence=found)
        return JobLog(
            evidence=found, differing=tuple(differences(versions(before.kept), versions(after.kept)))
        )

    def _chunks(self, job_id: int) -> Iterator[bytes]:
        """Open a log when its first piece is wanted: the link to it lives for a minute."""
        with self.hub.open(f"/actions/jobs/{job_id}/logs") as chunks:
            yield from chunks

    def _as_far_as_it_goes(self, job_id: int, broken: list[str]) -> Iterator[bytes]:
        """Yield what comes; when a download breaks off half-way, say why in `broken` and end."""
        begun = False
        try:
            for chunk in self._chunks(job_id):
                begun = True
                yield chunk
        except GatepostError as error:
            if not begun:
                raise
            broken.append(error.what)

    def _passing(self, job_id: int) -> Iterator[bytes]:
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


def failed_step(job: JobPayload) -> str:
    """Name the first step that did not succeed; empty when GitHub lists none."""
    steps = (s.name for s in job.steps if s.conclusion in ("failure", "timed_out", "cancelled"))
    return next(steps, "")
