"""The logs of the failed jobs, several at a time, each beside the log of the same job when it passed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import JobPayload
from gatepost.config import Budget
from gatepost.evidence import crowd
from gatepost.evidence.green import LastGreen
from gatepost.evidence.grouping import group_alike
from gatepost.evidence.job_log import JobLog, Reader
from gatepost.model import Evidence, EvidenceKind
from gatepost.safety import redact

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
        read = self._read_all()
        changed: dict[str, list[str]] = {}
        for one in read:
            for line in one.differing:
                changed.setdefault(line, []).append(one.evidence.subject)
        return [*group_alike(one.evidence for one in read), *self._versions(changed), *self._uncompared()]

    def _read_all(self) -> list[JobLog]:
        reader = Reader(hub=self.hub, budget=self.budget, known=self.known)
        read: dict[int, JobLog] = {}
        if len(self.jobs) >= crowd.SMALLEST and crowd.cores() > 1:
            for number, one in crowd.read_all(reader, self.jobs):
                read[number] = one
                self.progress(one.evidence.subject)
        rest = [number for number in range(len(self.jobs)) if number not in read]
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            read |= zip(rest, pool.map(partial(self._read, reader), rest), strict=True)
        return [read[number] for number in range(len(self.jobs))]

    def _read(self, reader: Reader, number: int) -> JobLog:
        job = self.jobs[number]
        green = self.green.find() if len(self.jobs) <= MOST_COMPARED else None
        same = green.jobs.get(job.name) if green else None
        one = reader.read(job, passing=same.id if same else 0)
        self.progress(one.evidence.subject)
        return one

    def _uncompared(self) -> Iterable[Evidence]:
        if len(self.jobs) > MOST_COMPARED and self.green.find():
            note = f"With more than {MOST_COMPARED} failed jobs the logs of passing ones are not read."
            kind, url = EvidenceKind.METADATA, self.green.failed.html_url
            yield Evidence(name="passing logs", kind=kind, body=redact(""), source=url, note=note)

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


def _some(jobs: Sequence[str], *, of: int) -> str:
    if len(jobs) == of > 1:
        return "every failed job"
    return ", ".join(jobs[:3]) + (f" and {len(jobs) - 3} more" if len(jobs) > 3 else "")
