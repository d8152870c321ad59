"""Where a version came from, as trailers of the commit that hands it off."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from gatepost.clients.git_text import Commit, printable
from gatepost.manifests.places import Change

_PREFIX = "Gatepost-"


class Act(StrEnum):
    """What a handoff does."""

    DELIVER = "deliver"
    PROMOTE = "promote"
    ROLLBACK = "rollback"
    ADVANCE = "advance"
    """Send more of the traffic to a canary."""
    SWITCH = "switch"
    """Send the traffic from blue to green, or back."""


_WORDS = {
    Act.DELIVER: ("Deliver", "to"),
    Act.PROMOTE: ("Promote", "to"),
    Act.ROLLBACK: ("Roll back", "in"),
    Act.ADVANCE: ("Advance", "in"),
    Act.SWITCH: ("Switch", "in"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The commit of the model's repository that a version was made from."""

    repository: str = ""
    commit: str = ""
    at: int = 0
    """Committer's time in seconds since the epoch; 0 when not known."""

    run: str = ""
    """The run that made the version: its address or id."""

    run_number: int = 0
    """Counts up within one workflow; 0 when not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The chain from source to cluster, as far as it is known."""

    act: Act
    name: str
    """Of the service, for people."""

    source: Source = field(default_factory=Source)
    environment: str = ""
    model: str = ""
    """`name/version` in the model registry."""

    training_run: str = ""
    """Id of the run in the tracking server."""

    image: str = ""
    digest: str = ""
    storage_uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One value that a handoff wrote."""

    new: str
    old: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A commit of the manifests repository that a handoff made."""

    oid: str
    provenance: Provenance
    values: dict[tuple[str, str], Written]
    """By file and identity of the place."""

    @property
    def shown(self) -> str:
        """Name it for a message."""
        source = self.provenance.source
        return f"{self.oid[:12]} (source {source.commit[:12] or 'unknown'})"


def message(provenance: Provenance, changes: Iterable[Change]) -> str:
    """Write the commit message: a sentence, the values, and the chain as trailers."""
    changes = tuple(changes)
    source = provenance.source
    verb, preposition = _WORDS[provenance.act]
    where = f" {preposition} {provenance.environment}" if provenance.environment else ""
    subject = f"{verb} {provenance.name}{where}"
    body = [
        f"{c.path}: {c.identity}: {c.old or '(empty)'} -> {c.new}" for c in changes if c.old != str(c.new)
    ]
    at = datetime.fromtimestamp(source.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if source.at else ""
    trailers = [
        ("Action", provenance.act),
        ("Name", provenance.name),
        ("Environment", provenance.environment),
        ("Source", f"{source.repository}@{source.commit}" if source.commit else ""),
        ("Source-Time", at),
        ("Run", source.run),
        ("Run-Number", str(source.run_number or "")),
        ("Model", provenance.model),
        ("Training-Run", provenance.training_run),
        ("Image", provenance.image),
        ("Digest", provenance.digest),
        ("Storage-Uri", provenance.storage_uri),
        *(("Change", json.dumps([c.path, c.identity, str(c.new), c.old])) for c in changes),
    ]
    lines = [f"{_PREFIX}{key}: {_one_line(value)}" for key, value in trailers if value]
    return "\n".join([_one_line(subject), "", *map(_one_line, body), "", *lines]) + "\n"


def handoffs(commits: Iterable[Commit]) -> list[Handoff]:
    """Return those of `commits` that are handoffs, in the same order."""
    return [handoff for commit in commits if (handoff := read(commit))]


def read(commit: Commit) -> Handoff | None:
    """Read a commit's trailers; None when it is not a handoff, or not one that can be understood."""
    last = commit.message.rstrip().rpartition("\n\n")[2]
    found: dict[str, str] = {}
    values: dict[tuple[str, str], Written] = {}
    try:
        for line in last.splitlines():
            key, _, value = line.removeprefix(_PREFIX).partition(": ")
            if line.startswith(_PREFIX) and key == "Change":
                path, identity, new, old = json.loads(value)
                values[path, identity] = Written(new=new, old=old)
            elif line.startswith(_PREFIX):
                found[key] = value
        return Handoff(oid=commit.oid, provenance=_provenance(found), values=values) if values else None
    except (ValueError, TypeError, KeyError):
        return None


def _provenance(found: dict[str, str]) -> Provenance:
    repository, _, commit = found.get("Source", "").rpartition("@")
    at = found.get("Source-Time", "")
    source = Source(
        repository=repository, commit=commit, run=found.get("Run", ""),
        at=int(datetime.fromisoformat(at).timestamp()) if at else 0,
        run_number=int(found.get("Run-Number", "0")),
    )  # fmt: skip
    return Provenance(
        act=Act(found["Action"]), name=found.get("Name", ""), source=source,
        environment=found.get("Environment", ""), model=found.get("Model", ""),
        training_run=found.get("Training-Run", ""),
        image=found.get("Image", ""), digest=found.get("Digest", ""),
        storage_uri=found.get("Storage-Uri", ""),
    )  # fmt: skip


def _one_line(text: str) -> str:
    return printable(text).replace("\n", " ")
