"""A finished workflow run as a signal: its facts, and the pull requests it belongs to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import JobPayload, PullPayload, RepositoryRef, RunPayload
from gatepost.errors import GatepostError
from gatepost.model import Run
from gatepost.safety import redact
from gatepost.signals.address import Address

log = logging.getLogger(__name__)

P = ParamSpec("P")
Told = TypeVar("Told")

_MOST_PULLS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A run as GitHub tells it, and the signal made of it."""

    payload: RunPayload
    signal: Run


def read_run(
    hub: GitHub, address: Address, *, payload: RunPayload | None = None, default_branch: str = ""
) -> Reading:
    """
    Read a run and the pull requests it belongs to.

    `payload` and `default_branch` save requests where an event already told them. Pull requests
    and the default branch are a help: when GitHub keeps them back, the run is still read.
    """
    payload = payload or read_payload(hub, address)
    with ThreadPoolExecutor(max_workers=2) as pool:
        pulls = pool.submit(_or, find_pulls, hub, payload)
        branch = default_branch or _or(read_default_branch, hub) or ""
        return Reading(
            payload=payload, signal=to_signal(payload, pulls=pulls.result() or (), default_branch=branch)
        )


def _or(ask: Callable[P, Told], *args: P.args, **kwargs: P.kwargs) -> Told | None:
    try:
        return ask(*args, **kwargs)
    except GatepostError as error:
        log.warning("left out: %s", error)
        return None


def read_payload(hub: GitHub, address: Address) -> RunPayload:
    """Ask GitHub for the run, at the attempt meant."""
    attempt = f"/attempts/{address.attempt}" if address.attempt else ""
    return hub.one(RunPayload, f"/actions/runs/{address.run_id}{attempt}")


def read_jobs(hub: GitHub, address: Address, *, attempt: int) -> tuple[JobPayload, ...]:
    """List every job of the attempt; a matrix may hold 256, over several pages."""
    if address.job_id:
        return (hub.one(JobPayload, f"/actions/jobs/{address.job_id}"),)
    path = f"/actions/runs/{address.run_id}/attempts/{attempt}/jobs"
    return tuple(hub.every(JobPayload, path, key="jobs"))


def to_signal(payload: RunPayload, *, pulls: tuple[int, ...] = (), default_branch: str = "") -> Run:
    """Turn GitHub's description of a run into a signal."""
    workflow = payload.name or payload.path.rpartition("/")[2] or f"workflow {payload.workflow_id}"
    head = payload.head_repository.full_name if payload.head_repository else ""
    branch = payload.head_branch or ""
    where = f" on {branch}" if branch else ""
    attempt = f", attempt {payload.run_attempt}" if payload.run_attempt > 1 else ""
    actor = payload.triggering_actor or payload.actor
    return Run(
        kind="ci-failure",
        subject=str(redact(f"{workflow} #{payload.run_number}{where}{attempt}")),
        url=payload.html_url,
        at=payload.updated_at,
        repository=payload.repository.full_name,
        run_id=payload.id,
        attempt=payload.run_attempt,
        workflow=str(redact(workflow)),
        workflow_path=payload.path.partition("@")[0],
        event=payload.event,
        conclusion=payload.conclusion or payload.status or "",
        branch=branch,
        head_sha=payload.head_sha,
        head_repository=head,
        default_branch=default_branch or payload.repository.default_branch,
        actor=actor.login if actor else "",
        pulls=pulls,
    )


def find_pulls(hub: GitHub, payload: RunPayload) -> tuple[int, ...]:
    """
    Find the open pull requests whose head is the run's commit.

    The event's own list is empty for forks, and a list by commit may hold pull requests that
    moved on, so each one's head is compared.
    """
    found: dict[int, None] = {}
    for pull in _candidates(hub, payload):
        if pull.state == "open" and pull.head.sha == payload.head_sha:
            found[pull.number] = None
    return tuple(found)[:_MOST_PULLS]


def _candidates(hub: GitHub, payload: RunPayload) -> Iterator[PullPayload]:
    yield from hub.every(PullPayload, f"/commits/{payload.head_sha}/pulls", most=_MOST_PULLS)
    head = payload.head_repository
    if head and payload.head_branch and head.full_name != payload.repository.full_name:
        owner = head.full_name.partition("/")[0]
        params = {"state": "open", "head": f"{owner}:{payload.head_branch}"}
        yield from hub.every(PullPayload, "/pulls", params=params, most=_MOST_PULLS)


def read_default_branch(hub: GitHub) -> str:
    """Ask for the repository's default branch."""
    return hub.one(RepositoryRef, "").default_branch
