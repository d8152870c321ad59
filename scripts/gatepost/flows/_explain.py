"""From a door of `triage` to an explanation: a log file, or a run on GitHub."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from gatepost.analysis.rules import Rules
from gatepost.clients.github import GitHub
from gatepost.config import Config
from gatepost.dossier import Dossier
from gatepost.errors import ConfigError
from gatepost.evidence.annotations import Annotations
from gatepost.evidence.artifacts import Artifacts
from gatepost.evidence.changes import Changes
from gatepost.evidence.green import LastGreen
from gatepost.evidence.history import History
from gatepost.evidence.job_logs import JobLogs, failed_jobs
from gatepost.evidence.log_file import LogFile
from gatepost.evidence.run_facts import RunFacts
from gatepost.evidence.source import Source
from gatepost.flows._wiring import Progress
from gatepost.model import Evidence, Signal
from gatepost.pipeline import Analyst, Collector, Explained, Follower, explain
from gatepost.report.marker import Marker
from gatepost.signals.address import Address
from gatepost.signals.file import from_log
from gatepost.signals.run import Reading, read_jobs

_PACKED = {
    b"PK\3\4": "a zip archive",
    b"\x1f\x8b": "gzip data",
    b"\xfd7zXZ": "xz data",
    b"\x28\xb5\x2f\xfd": "zstd data",
}
_BROKEN = frozenset({"failure", "timed_out", "startup_failure", "cancelled", "action_required"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What an explanation needs besides its subject."""

    config: Config
    known: Collection[str]
    """Secret values that must not be repeated."""

    progress: Progress
    model: Analyst | None = None
    notes: tuple[str, ...] = ()
    """Sentences on what was degraded before anything was read."""

    remember: Callable[[tuple[Marker, ...]], None] = lambda _: None
    """Told what earlier posts remember, before the model is asked."""


def explain_file(log: str, *, passing: str, at: datetime, wiring: Wiring) -> Explained:
    """Explain one log that lies on disk, or comes through a pipe."""
    if log == passing == "-":
        raise ConfigError("both logs are standard input", fix="give one of them as a file")
    with ExitStack() as stack:
        collector = LogFile(
            log=_opened(log, stack),
            title="standard input" if log == "-" else Path(log).name,
            budget=wiring.config.budget,
            passing=_opened(passing, stack) if passing else None,
            known=wiring.known,
        )
        return _explained(from_log(log, at=at), [collector], [], wiring=wiring)


def explain_run(
    hub: GitHub, reading: Reading, address: Address, *, server_url: str, wiring: Wiring
) -> Explained:
    """Explain a run: its failed jobs' logs, the source they name, and what changed since it was green."""
    run = reading.signal
    known = wiring.known
    jobs = read_jobs(hub, address, attempt=run.attempt)
    failed = failed_jobs(jobs)
    if not failed and (address.job_id or run.conclusion not in _BROKEN):
        what = (
            f"job {address.job_id} of {run.url} did not fail"
            if address.job_id
            else f"no job failed in {run.url}"
        )
        raise ConfigError(
            f"{what} ({run.conclusion})",
            fix="pass the address of a run that failed, or wait until it has ended",
        )
    wiring.progress.total = len(failed)
    green = LastGreen(hub=hub, failed=reading.payload, default_branch=run.default_branch)
    logs = JobLogs(
        hub=hub,
        jobs=failed,
        green=green,
        budget=wiring.config.budget,
        known=known,
        progress=wiring.progress.step,
    )
    history = History(
        hub=hub,
        run=run,
        login=wiring.config.posting.login,
        fingerprints=partial(_fingerprints, run, wiring.config.budget.bytes),
        found=wiring.remember,
    )
    return _explained(
        run,
        [
            RunFacts(run=run, jobs=jobs, failed=failed),
            logs,
            Annotations(hub=hub, jobs=failed, known=known),
            history,
        ],
        [
            [
                Artifacts(hub=hub, run=reading.payload, known=known),
                Source(hub=hub, run=run, server_url=server_url, known=known),
                Changes(hub=hub, run=run, green=green, known=known),
            ],
            [history],
        ],
        wiring=wiring,
    )


def _fingerprints(signal: Signal, budget_bytes: int, evidence: Sequence[Evidence]) -> dict[str, str]:
    """Find the causes as the analysis will, so that what was posted about them can be looked up."""
    causes = Rules().analyse(Dossier.pack(signal, evidence, budget_bytes=budget_bytes)).causes
    return {cause.fingerprint: cause.title for cause in causes if cause.fingerprint}


def _explained(
    signal: Signal,
    collectors: Sequence[Collector],
    followers: Sequence[Sequence[Follower]],
    *,
    wiring: Wiring,
) -> Explained:
    explained = explain(
        signal,
        collectors=collectors,
        followers=followers,
        rules=Rules(),
        model=wiring.model,
        budget_bytes=wiring.config.budget.bytes,
    )
    notes = (*wiring.notes, *explained.analysis.notes)
    return replace(explained, analysis=replace(explained.analysis, notes=notes))


def _opened(name: str, stack: ExitStack) -> BinaryIO:
    try:
        log = _stream(name, stack)
        begin = log.peek(4) if isinstance(log, BufferedReader) else b""
    except OSError as error:
        raise ConfigError(
            f"{name} cannot be read: {(error.strerror or str(error)).lower()}",
            fix="pass a log file, - for standard input, or the address of a run",
        ) from error
    if kind := next((kind for magic, kind in _PACKED.items() if begin.startswith(magic)), ""):
        shown = "standard input" if name == "-" else name
        raise ConfigError(f"{shown} is {kind}, not a log", fix="unpack it, and pass the log of one job")
    return log


def _stream(name: str, stack: ExitStack) -> BinaryIO:
    return sys.stdin.buffer if name == "-" else stack.enter_context(Path(name).open("rb"))
