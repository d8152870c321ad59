"""What `gatepost handoff` wires together: the request from the inputs, and the services behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from gatepost.clients.git import Author
from gatepost.clients.git_history import OID, committed_at, is_ancestor
from gatepost.clients.registry import Registry
from gatepost.errors import ConfigError, RefusedError
from gatepost.flows._gate import number
from gatepost.flows._wiring import server_of
from gatepost.gates.handoff.provenance import Act, Provenance, Source
from gatepost.gates.handoff.request import Exact, Request, Strategy
from gatepost.manifests.images import Image
from gatepost.manifests.places import Release
from gatepost.manifests.search import Scope

Read = Callable[[str], str]
"""Reads one input by its name in kebab-case: the argument, else the action's input; empty when not given."""

SETTINGS = ".gatepost.yml"
Member = TypeVar("Member", Act, Strategy)

_SLUG = re.compile(r"[\w.-]+/[\w.-]+")
_AUTHOR = re.compile(r"([^<>]+) <([^<>\s]+)>")


def request_of(read: Read, env: Mapping[str, str], *, now: datetime) -> Request:
    """Build the request, or raise `ConfigError` for inputs that do not go together."""
    act, strategy = (
        _choice(read, "act", Act, Act.DELIVER),
        _choice(read, "strategy", Strategy, Strategy.ROLLING),
    )
    image = Image.parse(read("image")) if read("image") else None
    name = read("name") or (image.path.rpartition("/")[2] if image else "")
    if not name:
        raise ConfigError("neither `image` nor `name` is given", fix="say what to hand off")
    if act is Act.DELIVER:
        _require_version(image, read("storage-uri"))
    environment = read("environment")
    if act is Act.PROMOTE and not (read("from-environment") and environment):
        raise ConfigError(
            "a promotion lacks `from-environment` or `environment`",
            fix="say from where to where, such as staging to production",
        )
    provenance = Provenance(
        act=act, name=name, environment=environment, source=_source(read, env, now=now),
        model=read("model-version"), training_run=read("training-run"), storage_uri=read("storage-uri"),
        image=str(image) if image and image.digest else "", digest=image.digest if image else "",
    )  # fmt: skip
    return Request(
        provenance=provenance,
        release=Release(image=image, storage_uri=read("storage-uri"), service=name),
        scope=Scope(
            environment="" if read("target-path") else environment, path=read("target-path"),
            everywhere=read("all") == "true",
        ),
        strategy=strategy, canary_steps=_steps(read("canary-steps")), exact=_exact(read),
        from_environment=read("from-environment"), from_path=read("from-path"), adopt=read("adopt") == "true",
    )  # fmt: skip


def _require_version(image: Image | None, storage_uri: str) -> None:
    if image is None and not storage_uri:
        raise ConfigError("neither `image` nor `storage-uri` is given", fix="say which version to deliver")
    if image and not image.digest:
        raise ConfigError(
            f"image {str(image)!r} has no digest, and a tag may move",
            fix="give the reference that the push printed, like ghcr.io/owner/name:tag@sha256:…",
        )


def _choice(read: Read, name: str, kind: type[Member], default: Member) -> Member:
    text = read(name) or default.value
    if text not in {member.value for member in kind}:
        allowed = ", ".join(member.value for member in kind)
        raise ConfigError(f"{name} is {text!r}", fix=f"use one of {allowed}")
    return kind(text)


def _source(read: Read, env: Mapping[str, str], *, now: datetime) -> Source:
    commit = read("source-commit") or env.get("GITHUB_SHA", "")
    if commit and not OID.fullmatch(commit):
        raise ConfigError(f"source-commit is {commit!r}", fix="give the full id of the source commit")
    at, text = 0, read("source-time")
    if text:
        at = int(_time(text).timestamp())
    elif commit:
        at = committed_at(Path(read("source") or "."), commit, env=env)
        if not at:
            raise ConfigError(
                f"the time of source commit {commit[:12]} is not known here",
                fix="check out the source repository and name it as `source`, or give `source-time`",
            )
    repository, run_id = env.get("GITHUB_REPOSITORY", ""), env.get("GITHUB_RUN_ID", "")
    link = f"{server_of(env)}/{repository}/actions/runs/{run_id}" if repository and run_id else ""
    run_number = read("run-number") or env.get("GITHUB_RUN_NUMBER", "")
    return Source(
        repository=read("source-repository") or repository, commit=commit,
        at=at or int(now.timestamp()), run=read("run") or link,
        run_number=int(number(run_number, name="run-number", default=0)),
    )  # fmt: skip


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"source-time is {text!r}", fix="write it like 2026-11-21T09:30:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _steps(text: str) -> tuple[int, ...]:
    try:
        steps = tuple(int(part) for part in text.split(",")) if text else (10, 25, 50, 100)
    except ValueError:
        steps = ()
    if not steps or steps[-1] != 100 or list(steps) != sorted(set(steps)) or steps[0] < 1:
        raise ConfigError(
            f"canary-steps is {text!r}", fix="write rising percentages that end in 100, like 10,50,100"
        )
    return steps


def with_settings(read: Read, env: Mapping[str, str]) -> Read:
    """Fill in where the source's own settings say that the environment's value stands."""
    root = Path(read("source") or ".")
    named = any(read(name) for name in ("file", "target-path"))
    if named or not read("environment") or not (root / SETTINGS).exists():
        return read
    from gatepost import config  # noqa: PLC0415 - needed where there is such a file only

    targets = config.read(root, env=env).handoff.targets
    filled = {}
    if target := targets.get(read("environment")):
        filled = {"target-path": target.path, "file": target.file}
    if target and target.file:
        filled |= {"doc": str(target.doc), "key": json.dumps(target.key)}
    if source := targets.get(read("from-environment")):
        filled["from-path"] = source.path or source.file
    return lambda name: read(name) or filled.get(name, "")


def _exact(read: Read) -> Exact | None:
    if not read("file"):
        return None
    try:
        key = json.loads(read("key") or "null")
    except ValueError:
        key = None
    doc = read("doc") or "0"
    if not isinstance(key, list) or not doc.isdecimal():
        raise ConfigError(
            f"key is {read('key')!r} and doc is {doc!r}",
            fix='with `file` give `key` as a JSON list like ["spec","image"], and `doc` counted from 0',
        )
    return Exact(path=read("file"), doc=int(doc), key=tuple(key), value=read("value"))


def order_by(read: Read, env: Mapping[str, str]) -> Callable[[str, str], bool | None]:
    """Return how two source commits compare in the checkout of the source, where there is one."""
    folder = Path(read("source") or ".")
    return lambda first, second: is_ancestor(folder, first, second, env=env)


def author_of(read: Read, *, now: datetime) -> Author:
    """Return who commits."""
    text = read("author") or "gatepost <gatepost@users.noreply.github.com>"
    found = _AUTHOR.fullmatch(text)
    if not found:
        raise ConfigError(f"author is {text!r}", fix="write it like `Name <address@example.org>`")
    return Author(name=found[1], email=found[2], at=int(now.timestamp()))


def address_of(text: str, env: Mapping[str, str]) -> tuple[str, str]:
    """Return the URL to clone, and `owner/name` where GitHub has the repository."""
    if _SLUG.fullmatch(text) and not Path(text).exists():
        return f"{server_of(env)}/{text}.git", text
    prefix = server_of(env) + "/"
    slug = text.removeprefix(prefix).removesuffix(".git").strip("/") if text.startswith(prefix) else ""
    if text.startswith("-") or not text:
        raise ConfigError(f"manifests is {text!r}", fix="give the repository as owner/name or as an address")
    return (str(Path(text).resolve()) if Path(text).is_dir() else text), slug


@dataclass(slots=True, kw_only=True)
class ImageCheck:
    """Asks the registry for each image once, before anything is written."""

    username: str
    password: str
    insecure: bool
    unpinned_allowed: bool
    """A rollback may go back to a value that people wrote before the first handoff."""

    said: str = ""
    """What was found, for the verdict."""

    _known: set[str] = field(default_factory=set)

    def __call__(self, provenance: Provenance) -> None:
        """Raise unless the image of `provenance` is in its registry."""
        reference = provenance.image or provenance.storage_uri.removeprefix("oci://")
        if not provenance.image and not provenance.storage_uri.startswith("oci://"):
            self.said = f"not checked: {provenance.storage_uri or 'no image'} is not in a registry"
            return
        image = Image.parse(reference)
        if not image.digest and not self.unpinned_allowed:
            raise RefusedError(f"{reference} has no digest", fix="hand off name:tag@sha256:…")
        if not image.digest:
            self.said = f"not checked: {reference} has no digest"
        elif reference not in self._known:
            registry = Registry(
                host=image.registry, username=self.username, password=self.password, insecure=self.insecure
            )  # fmt: skip
            kind = registry.require(image.path, image.digest)
            self._known.add(reference)
            self.said = f"found in {image.registry} as {kind}"
