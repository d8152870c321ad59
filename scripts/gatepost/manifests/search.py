"""From a release to the one place of a repository that it belongs to, or the reason why there is not one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from gatepost.errors import ConfigError, RefusedError
from gatepost.manifests.edit import locate
from gatepost.manifests.edit import replace as rewrite
from gatepost.manifests.places import Change, Document, Place, Release, places
from gatepost.manifests.tree import decode, documents

SUFFIXES = (".yaml", ".yml", ".json")
_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which part of the repository is meant."""

    environment: str = ""
    """Such as `staging`: only files with a folder of that name above them."""

    path: str = ""
    """Only this file, or files below this folder."""

    everywhere: bool = False
    """Whether several places may change together; otherwise more than one is refused."""

    def holds(self, path: str) -> bool:
        """Tell whether the file at `path` is inside."""
        pure = PurePosixPath(path)
        inside = not self.path or pure.is_relative_to(self.path)
        return inside and (not self.environment or self.environment in pure.parts[:-1])

    def __str__(self) -> str:
        parts = [f"environment {self.environment}"] if self.environment else []
        parts += [f"path {self.path}"] if self.path else []
        return " and ".join(parts) or "the whole repository"


def needles(release: Release) -> tuple[str, ...]:
    """Texts of which every file that can match holds at least one; what makes a search cheap."""
    image = release.image.path.removeprefix("library/") if release.image else ""
    return tuple(text for text in (image, release.service if release.storage_uri else "") if text)


def parse(files: Mapping[str, bytes]) -> tuple[list[Document], list[str]]:
    """Parse each file; return the documents, and a sentence for each file that is not YAML."""
    found, unreadable = [], []
    for path, raw in files.items():
        try:
            docs = documents(decode(raw, name=path), name=path)
        except ConfigError as error:
            unreadable.append(error.what)
            continue
        found += [Document(path=path, index=i, root=root) for i, root in enumerate(docs) if root]
    return found, unreadable


def find(files: Mapping[str, bytes], release: Release, *, scope: Scope) -> tuple[Place, ...]:
    """
    Return the places to change: one for the image and one for the model, unless the scope says `everywhere`.

    Raises `RefusedError` when several fit, and `ConfigError` when none does, listing what was seen.
    """
    documents, unreadable = parse({path: raw for path, raw in files.items() if scope.holds(path)})
    parts = {
        release.image.repository if release.image else "": replace(release, storage_uri=""),
        f"the model of {release.service}" if release.storage_uri else "": replace(release, image=None),
    }
    found: list[Place] = []
    for what, part in parts.items():
        if what:
            fitting = [place for document in documents for place in places(document, part)]
            _require_one(fitting, what, scope=scope, unreadable=unreadable)
            found += fitting
    return tuple(found)


def _require_one(found: list[Place], what: str, *, scope: Scope, unreadable: list[str]) -> None:
    if not found:
        seen = f"; not readable: {'; '.join(unreadable[:3])}" if unreadable else ""
        raise ConfigError(
            f"no manifest in {scope} names {what}{seen}",
            fix="check the image's repository and the environment, or name the value with file, doc and key",
        )
    if broken := [p for p in found if p.problem]:
        raise RefusedError(
            f"{broken[0].path}:{broken[0].line} {broken[0].identity} {broken[0].problem}",
            fix="add a `digest:` key there once (any value), and deliver again",
        )
    if len(found) > 1 and not scope.everywhere:
        raise RefusedError(
            f"{len(found)} places in {scope} name {what}: {listing(found)}",
            fix="narrow it by environment or path, name the value with file, doc and key, or change all",
        )


def listing(found: Iterable[Place]) -> str:
    """List places for a message."""
    shown = [f"{p.path}:{p.line} {p.identity}" for p in found]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def named(raw: bytes, *, path: str, doc: int, key: tuple[str | int, ...], new: str) -> Place:
    """Return the place that a person named exactly."""
    docs, unreadable = parse({path: raw})
    document = next((d for d in docs if d.index == doc), None)
    if document is None:
        raise ConfigError(
            unreadable[0] if unreadable else f"{path} has no document {doc}", fix="count documents from 0"
        )
    node = locate(document.root, key=key, name=path)
    return document.place(key, node, document.change(key, node, new))


def version_for(key: tuple[str | int, ...], release: Release) -> str:
    """Return what a value called like the end of `key` takes: the digest, the tag with it, or all of it."""
    image = release.image
    if image is None or key[-1] == "storageUri":
        return release.storage_uri
    if key[-1] == "digest":
        return image.digest
    if key[-1] in {"tag", "newTag"} and image.tag:
        return f"{image.tag}@{image.digest}"
    return str(image)


def apply(files: Mapping[str, bytes], changes: Iterable[Change]) -> dict[str, bytes]:
    """Return the files that differ after `changes`, each edited on top of the one before."""
    result: dict[str, bytes] = {}
    for change in changes:
        if change.old == str(change.new):
            continue
        raw = result.get(change.path, files[change.path])
        result[change.path] = rewrite(raw, doc=change.doc, key=change.key, new=change.new, name=change.path)
    return {path: raw for path, raw in result.items() if raw != files[path]}
