"""
The logs of a large matrix, read by several processes: distilling is computing, and threads share one core.

A worker is started afresh (`spawn`), since a copy of a process with threads can stand still for ever.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, fields
from multiprocessing import get_context
from typing import Any

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import JobPayload
from gatepost.clients.http import Limits
from gatepost.config import Budget
from gatepost.evidence.job_log import JobLog, Reader
from gatepost.model import Evidence
from gatepost.safety import redact

log = logging.getLogger(__name__)

SMALLEST = 48
"""With fewer jobs, starting the workers costs more than they save."""

_MOST_WORKERS = 4
_DOWNLOADS_EACH = 4
_BATCH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What a worker needs to know; crosses the process boundary, so plain values only."""

    repository: str
    token: str
    api_url: str
    limits: Limits
    budget: Budget
    known: tuple[str, ...]
    jobs: tuple[JobPayload, ...]


def cores() -> int:
    """Count the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_all(reader: Reader, jobs: Sequence[JobPayload]) -> Iterator[tuple[int, JobLog]]:
    """
    Yield each job's position and log as it is read, in any order; none compared with a passing one.

    Ends early when the workers cannot work here: what is missing is the caller's to read.
    """
    batches = [range(start, min(start + _BATCH, len(jobs))) for start in range(0, len(jobs), _BATCH)]
    try:
        with ProcessPoolExecutor(min(_MOST_WORKERS, cores()), mp_context=get_context("spawn")) as pool:
            running = {pool.submit(_work, _order(reader, jobs, batch)): batch for batch in batches}
            for done in as_completed(running):
                for number, (body, rest) in zip(running[done], done.result(), strict=True):
                    yield number, JobLog(evidence=_sealed(body, rest, reader))
    except (BrokenExecutor, OSError) as error:
        log.info("no worker processes here: %s", error)


def _order(reader: Reader, jobs: Sequence[JobPayload], batch: range) -> _Order:
    hub = reader.hub
    return _Order(
        repository=hub.repository,
        token=hub.http.token,
        api_url=hub.http.base_url,
        limits=hub.http.limits,
        budget=reader.budget,
        known=tuple(reader.known),
        jobs=tuple(jobs[number] for number in batch),
    )


def _work(order: _Order) -> list[tuple[str, dict[str, Any]]]:
    """Read one batch, in a worker."""
    hub = GitHub(order.repository, token=order.token, api_url=order.api_url, limits=order.limits)
    reader = Reader(hub=hub, budget=order.budget, known=order.known)
    with ThreadPoolExecutor(max_workers=_DOWNLOADS_EACH) as pool:
        return [_unsealed(one.evidence) for one in pool.map(reader.read, order.jobs)]


def _unsealed(item: Evidence) -> tuple[str, dict[str, Any]]:
    """Take the body apart: sealed text does not cross between processes, it is sealed anew."""
    rest = {one.name: getattr(item, one.name) for one in fields(item) if one.name != "body"}
    return str(item.body), rest


def _sealed(body: str, rest: dict[str, Any], reader: Reader) -> Evidence:
    return Evidence(body=redact(body, known=reader.known), **rest)
