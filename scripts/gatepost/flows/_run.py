"""The corridor of a run on GitHub: which collectors gather its evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import JobPayload
from gatepost.errors import ConfigError
from gatepost.evidence.changes import Changes
from gatepost.evidence.green import LastGreen
from gatepost.evidence.job_logs import JobLogs, failed_jobs
from gatepost.evidence.log import Budget
from gatepost.evidence.run_facts import RunFacts
from gatepost.evidence.source import Source
from gatepost.flows._wiring import Progress
from gatepost.pipeline import Collector, Follower
from gatepost.signals.address import Address
from gatepost.signals.run import Reading, read_jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What will be asked about one run."""

    collectors: tuple[Collector, ...]
    followers: tuple[Follower, ...]


def sources_of(
    hub: GitHub,
    reading: Reading,
    address: Address,
    *,
    budget: Budget,
    known: Collection[str],
    server_url: str,
    progress: Progress,
) -> Sources:
    """List the jobs of the attempt and wire what reads them."""
    run = reading.signal
    jobs = read_jobs(hub, address, attempt=run.attempt)
    failed = _broken(jobs, run_passed=run.passed, of=run.url)
    green = LastGreen(hub=hub, failed=reading.payload, default_branch=run.default_branch)
    progress.total = len(failed)
    return Sources(
        collectors=(
            RunFacts(run=run, jobs=jobs, failed=failed),
            JobLogs(hub=hub, jobs=failed, green=green, budget=budget, known=known, progress=progress.step),
        ),
        followers=(
            Source(hub=hub, run=run, server_url=server_url, known=known),
            Changes(hub=hub, run=run, green=green, known=known),
        ),
    )


def _broken(jobs: tuple[JobPayload, ...], *, run_passed: bool, of: str) -> tuple[JobPayload, ...]:
    failed = failed_jobs(jobs)
    if not failed and run_passed:
        raise ConfigError(f"no job failed in {of}", fix="pass the address of a run that failed")
    return failed
