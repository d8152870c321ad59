"""Which run is meant: by a link a person pasted, or by the event that woke the workflow."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from gatepost.clients.github_payloads import RunPayload
from gatepost.errors import ConfigError

_PATH = re.compile(
    r"^/(?P<repository>[\w.-]+/[\w.-]+)/actions/runs/(?P<run>\d{1,20})"
    r"(?:/attempts/(?P<attempt>\d{1,6}))?(?:/jobs?/(?P<job>\d{1,20}))?(?:/.*)?$",
    re.ASCII,
)
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)

SHAPE = "https://github.com/OWNER/REPOSITORY/actions/runs/NUMBER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A run, and perhaps one attempt or one job of it."""

    repository: str
    """`owner/name`"""

    run_id: int
    attempt: int = 0
    """0 for the latest."""

    job_id: int = 0
    """0 for every failed job."""

    server: str = ""
    """`https://host` of the link; empty when it came without one."""


def from_link(link: str) -> Address:
    """Read the address of a run, an attempt or a job as the browser shows it."""
    parts = urlsplit(link)
    found = _PATH.match(parts.path)
    if (
        parts.scheme not in ("https", "http")
        or not parts.hostname
        or not found
        or _climbs(found["repository"])
    ):
        raise ConfigError(f"{link[:200]!r} is not the address of a run", fix=f"pass one such as {SHAPE}")
    return Address(
        repository=found["repository"],
        run_id=int(found["run"]),
        attempt=int(found["attempt"] or 0),
        job_id=int(found["job"] or 0),
        server=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
    )


def from_run_id(text: str, *, repository: str) -> Address:
    """Read a bare run id, as the action's input gives it."""
    if not text.strip().isdecimal():
        raise ConfigError(
            f"run id {text[:80]!r} is not a number", fix="leave `run-id` out, or pass a run's number"
        )
    return Address(repository=checked_repository(repository), run_id=int(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run that is meant, and what was told about it along with its address."""

    address: Address
    run: RunPayload | None = None
    default_branch: str = ""


def from_event(event: bytes, *, repository: str) -> Told:
    """Read a `workflow_run` event."""
    try:
        told = json.loads(event)
        run = RunPayload.model_validate(told["workflow_run"])
        branch = str(told.get("repository", {}).get("default_branch", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError(
            "the event that started this job names no workflow run",
            fix="start it `on: workflow_run`, or set `run-id`",
        ) from error
    # The job's own repository decides, whatever the event claims.
    address = Address(repository=checked_repository(repository), run_id=run.id, attempt=run.run_attempt)
    return Told(address=address, run=run, default_branch=branch)


def checked_repository(repository: str) -> str:
    """Return `repository` if it is `owner/name`."""
    if not _REPOSITORY.fullmatch(repository) or _climbs(repository):
        raise ConfigError(f"repository {repository[:120]!r} is not `owner/name`", fix="set GITHUB_REPOSITORY")
    return repository


def _climbs(repository: str) -> bool:
    return not {".", ".."}.isdisjoint(repository.split("/"))
