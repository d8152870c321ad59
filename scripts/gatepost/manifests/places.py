"""Where a manifest names an image or a model: each place with the values to write there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gatepost.manifests.edit import Key
from gatepost.manifests.images import Image, image_or_none
from gatepost.manifests.tree import Node, NodeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is to be written: an image, a model's address, or both."""

    image: Image | None = None
    """With its digest."""

    storage_uri: str = ""
    service: str = ""
    """Name of the `InferenceService` whose `storageUri` is meant; needed with `storage_uri`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value, where it stands, and what is to stand there."""

    path: str
    """Of the file, relative to the repository, with forward slashes."""

    doc: int
    key: tuple[str | int, ...]
    identity: str
    """The place in words that survive reordering: entries of lists go by their names."""

    old: str
    new: str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Values that change together, such as a tag and its digest; `problem` says why they cannot."""

    path: str
    line: int
    """1-based."""

    identity: str
    changes: tuple[Change, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed document of a file, and how to speak of what is in it."""

    path: str
    index: int
    root: Node

    @property
    def title(self) -> str:
        """`Deployment/churn`, or as much of it as is written."""
        kind, name = self.root.scalar("kind"), self.root.scalar("metadata", "name")
        return "/".join(part for part in (kind, name) if part)

    def identity(self, key: Key) -> str:
        """Name a place so that an entry added above it does not rename it."""
        text, node = "", self.root
        for part in key:
            if isinstance(part, int):
                node = node.items[part]
                text += f"[{node.scalar('name') or part}]"
            else:
                node = node.get(part) or node
                text += f".{part}"
        return f"{self.title}:{text.removeprefix('.')}".removeprefix(":")

    def change(self, key: Key, node: Node, new: str | int) -> Change:
        """Describe writing `new` over `node`, which stands at `key`."""
        identity = self.identity(key)
        return Change(
            path=self.path, doc=self.index, key=tuple(key), identity=identity, old=node.text, new=new
        )  # fmt: skip

    def place(self, key: Key, node: Node, *changes: Change, problem: str = "") -> Place:
        """Describe the place at `key`."""
        line = node.line + 1
        return Place(
            path=self.path, line=line, identity=self.identity(key), changes=changes, problem=problem
        )  # fmt: skip


Found = Iterator[Place]


def places(document: Document, release: Release) -> Found:
    """Yield every place in `document` that names the release's image, or its model's address."""
    for key, node in _nodes(document.root, ()):
        for finder in _FINDERS if release.image else ():
            yield from finder(document, key, node, release.image)  # type: ignore[arg-type] # checked above
    if release.storage_uri and document.title == f"InferenceService/{release.service}":
        yield from _storage(document, release.storage_uri)


def _nodes(node: Node, key: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    yield key, node
    for name, value in node.pairs:
        if name.kind is NodeKind.SCALAR:
            yield from _nodes(value, (*key, name.text))
    for position, item in enumerate(node.items):
        yield from _nodes(item, (*key, position))


def _reference(document: Document, key: Key, node: Node, image: Image) -> Found:
    """`image: repository:tag` of containers, Helm values and custom resources."""
    if key and key[-1] == "image" and node.kind is NodeKind.SCALAR:
        old = image_or_none(node.text)
        if old and old.same_repository(image):
            yield document.place(key, node, document.change(key, node, str(image.in_place_of(old))))


def _kustomize(document: Document, key: Key, node: Node, image: Image) -> Found:
    """An entry of a kustomization's `images`."""
    if len(key) != 2 or key[0] != "images" or node.kind is not NodeKind.MAPPING:
        return
    old = image_or_none(node.scalar("newName") or node.scalar("name"))
    if old and old.same_repository(image):
        yield _versioned(document, key, node, image, tag_key="newTag")


def _helm_values(document: Document, key: Key, node: Node, image: Image) -> Found:
    """A mapping of `repository`, perhaps `registry`, and `tag` or `digest`."""
    if not (repository := node.scalar("repository")) or node.kind is not NodeKind.MAPPING:
        return
    registry = node.scalar("registry")
    old = image_or_none(f"{registry}/{repository}" if registry else repository)
    if old and old.same_repository(image) and (node.get("tag") or node.get("digest")):
        yield _versioned(document, key, node, image, tag_key="tag")


def _versioned(document: Document, key: Key, node: Node, image: Image, *, tag_key: str) -> Place:
    """Pin through `digest` where that key is there, else through a tag that carries the digest."""
    tag, digest = node.get(tag_key), node.get("digest")
    changes = []
    if digest:
        changes.append(document.change((*key, "digest"), digest, image.digest))
        if tag and image.tag:
            changes.append(document.change((*key, tag_key), tag, image.tag))
    elif tag and image.tag:
        changes.append(document.change((*key, tag_key), tag, f"{image.tag}@{image.digest}"))
    problem = (
        "" if changes else f"has no `digest` key to write to, nor a `{tag_key}` and a tag to write there"
    )
    return document.place(key, node, *changes, problem=problem)


def _helm_parameters(document: Document, key: Key, node: Node, image: Image) -> Found:
    """`parameters` of an Argo CD Application: `image`, or `image.repository` beside `image.tag`."""
    if not key or key[-1] != "parameters" or node.kind is not NodeKind.SEQUENCE:
        return
    named = {item.scalar("name"): (position, item) for position, item in enumerate(node.items)}
    for name, (position, item) in named.items():
        old, value = image_or_none(item.scalar("value")), item.get("value")
        if value is None or old is None or not old.same_repository(image):
            continue
        at = (*key, position, "value")
        if not name.endswith(".repository"):
            yield document.place(at, value, document.change(at, value, str(image.in_place_of(old))))
            continue
        stem = name.removesuffix("repository")
        yield _parameters(document, key, (stem, named), image, value)


def _parameters(
    document: Document, key: Key, named: tuple[str, dict[str, tuple[int, Node]]], image: Image, node: Node
) -> Place:
    stem, entries = named
    new = {"digest": image.digest}
    if image.tag:
        new["tag"] = image.tag if stem + "digest" in entries else f"{image.tag}@{image.digest}"
    changes = []
    for part, text in new.items():
        position, item = entries.get(stem + part, (0, None))
        if item is not None and (value := item.get("value")):
            changes.append(document.change((*key, position, "value"), value, text))
    problem = "" if changes else f"has no parameter {stem}digest or {stem}tag to write to"
    return document.place(key, node, *changes, problem=problem)


def _kustomize_option(document: Document, key: Key, node: Node, image: Image) -> Found:
    """`name=repository:tag` among the `kustomize.images` of an Argo CD Application."""
    if tuple(key[-3:-1]) != ("kustomize", "images") or node.kind is not NodeKind.SCALAR:
        return
    name, equals, text = node.text.rpartition("=")
    old = image_or_none(text)
    if old and old.same_repository(image):
        new = f"{name}{equals}{image.in_place_of(old)}"
        yield document.place(key, node, document.change(key, node, new))


def _storage(document: Document, uri: str) -> Found:
    for key, node in _nodes(document.root, ()):
        if key[-1:] == ("storageUri",) and key[:2] == ("spec", "predictor") and node.kind is NodeKind.SCALAR:
            yield document.place(key, node, document.change(key, node, uri))


_FINDERS: tuple[Callable[[Document, Key, Node, Image], Found], ...] = (
    _reference,
    _kustomize,
    _helm_values,
    _helm_parameters,
    _kustomize_option,
)
