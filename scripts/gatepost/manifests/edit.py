"""Change the bytes of one value in YAML and no other; a result is parsed again before it is believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from gatepost.errors import ConfigError, RefusedError
from gatepost.manifests.scalar import spell
from gatepost.manifests.tree import LOADER, Node, NodeKind, decode, documents

Key = Sequence[str | int]
"""Path to a value: names of mappings, 0-based positions of sequences."""

_BOM = b"\xef\xbb\xbf"
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:[ \t]+|$))*")
_TEXT_TAGS = frozenset({"", "tag:yaml.org,2002:str"})  # readers differ on a lone `!`


def show_key(key: Key) -> str:
    """Spell a key for people: `spec.containers[0].image`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return text.removeprefix(".") or "(whole document)"


def find(text: str, *, doc: int, key: Key, name: str) -> Node:
    """Return the scalar under `key` of the `doc`-th document (from 0), or say why it cannot be edited."""
    docs = documents(text, name=name, only=doc)
    if not 0 <= doc < len(docs):
        raise ConfigError(
            f"{name} has {len(docs)} documents, so there is no document {doc}", fix="count documents from 0"
        )
    root = docs[doc]
    if root is None:
        raise ConfigError(f"document {doc} of {name} is empty", fix="name another document, counted from 0")
    return locate(root, key=key, name=name)


def locate(root: Node, *, key: Key, name: str) -> Node:
    """Follow `key` from `root` to a scalar that stands in one place only and means one thing."""
    chain = [root]
    for depth, part in enumerate(key):
        chain.append(_step(chain[-1], part, name=name, done=key[:depth]))
    target = chain[-1]
    where = f"{name}:{target.line + 1} {show_key(key)}"
    if target.kind is NodeKind.ALIAS:
        raise RefusedError(
            f"{where} is the alias *{target.text}",
            fix=f"edit the value that &{target.text} names, or write it out here",
        )
    if target.kind is not NodeKind.SCALAR:
        raise ConfigError(f"{where} is a {target.kind}, not a single value", fix="give the key of one value")
    _refuse_shared(root, chain, where=where)
    return target


def _step(node: Node, part: str | int, *, name: str, done: Key) -> Node:
    where = f"{name}:{node.line + 1} {show_key(done)}"
    if node.kind is NodeKind.ALIAS:
        raise RefusedError(
            f"{where} is the alias *{node.text}, so editing below it would change every place that uses it",
            fix=f"edit below &{node.text}, or write the value out here",
        )
    if node.kind is NodeKind.SEQUENCE:
        if isinstance(part, int) and 0 <= part < len(node.items):
            return node.items[part]
        raise ConfigError(
            f"{where} has {len(node.items)} entries, none at {part!r}", fix="count entries from 0"
        )
    if node.kind is NodeKind.SCALAR:
        raise ConfigError(f"{where} is a single value and holds no {part!r}", fix="shorten the key")
    return _member(node, str(part), where=where)


def _member(node: Node, part: str, *, where: str) -> Node:
    found = [v for k, v in node.pairs if k.kind is NodeKind.SCALAR and k.text == part]
    if len(found) > 1:
        lines = " and ".join(str(v.line + 1) for v in found)
        raise RefusedError(
            f"{where} has the key {part!r} twice or more (lines {lines}), and readers differ on which counts",
            fix="remove the duplicate key",
        )
    if any(k.kind is NodeKind.ALIAS for k, _ in node.pairs):
        raise RefusedError(f"{where} has an alias as a key, which may be {part!r}", fix="write the key out")
    if found:
        return found[0]
    if any(k.text == "<<" and not k.style for k, _ in node.pairs):
        raise RefusedError(
            f"{where} has no {part!r} of its own; it may come through the merge key <<",
            fix=f"write {part!r} out here, or edit it where the merged mapping is defined",
        )
    names = ", ".join(k.text for k, _ in node.pairs[:8] if k.kind is NodeKind.SCALAR)
    raise ConfigError(f"{where} has no key {part!r}; it has {names or 'none'}", fix="correct the key")


def _refuse_shared(root: Node, chain: list[Node], *, where: str) -> None:
    """Refuse a value that an alias repeats elsewhere: one edit would change two places."""
    anchored = {id(n): n.anchor for n in chain if n.anchor}
    if not anchored:
        return
    meant: dict[str, int] = {}
    for node in root.walk():
        if node.anchor:
            meant[node.anchor] = id(node)
        if node.kind is NodeKind.ALIAS and meant.get(node.text) in anchored:
            raise RefusedError(
                f"{where} is also used through the alias *{node.text} on line {node.line + 1}",
                fix="write the value out in both places, or edit the file by hand",
            )


def replace(raw: bytes, *, doc: int, key: Key, new: str | int, name: str) -> bytes:
    """
    Return `raw` with the value under `key` replaced by `new`, byte-identical everywhere else.

    The old value's quotes, anchor and tag stay; text that YAML would read as a number is quoted.
    `name` is the file's name for messages. Refuses what it cannot prove.
    """
    text = decode(raw, name=name)
    target = find(text, doc=doc, key=key, name=name)
    where = f"{name}:{target.line + 1} {show_key(key)}"
    start, written = _content_of(text, target, where=where)
    if isinstance(new, int) and (target.style or target.tag):
        raise RefusedError(
            f"{where} is text, not a number", fix="remove the quotes or the tag around it first"
        )
    spelled = spell(new, style=target.style)
    before, after = text[:start], text[target.end :]
    if not written:
        spelled = (" " if before[-1:] not in {"", " ", "\t", "\n"} else "") + spelled
        spelled += " " if after[:1] in set("#,]}") - {""} else ""
    result = before + spelled + after
    _verify(text, result, doc=doc, target=target, new=new, where=where)
    return (_BOM if raw.startswith(_BOM) else b"") + result.encode()


def _content_of(text: str, target: Node, *, where: str) -> tuple[int, str]:
    """Return where the value itself begins, after its anchor and tag, and what is written there."""
    if target.style in {"|", ">"}:
        raise RefusedError(
            f"{where} is a block of text ({target.style})", fix="write the value on the key's own line"
        )
    if target.tag not in _TEXT_TAGS:
        raise RefusedError(f"{where} is tagged {target.tag}, which is not text", fix="remove the tag")
    segment = text[target.start : target.end]
    if len(segment.splitlines()) > 1:
        raise RefusedError(f"{where} runs over several lines", fix="write the value on one line")
    properties = _PROPERTIES.match(segment) if target.anchor or target.tag else None
    offset = properties.end() if properties else 0
    return target.start + offset, segment[offset:]


def _verify(old: str, result: str, *, doc: int, target: Node, new: str | int, where: str) -> None:
    """Parse both texts again: every event but the target's must be equal, and the target must be `new`."""
    hits = 0
    try:
        for a, b in zip(_events(old), _events(result), strict=True):
            if a[0] == (doc, target.start) and a[1] == "ScalarEvent":
                hits += 1
                same = b[1] == a[1] and b[2] == a[2] and b[3] == str(new)
            else:
                same = a[1:] == b[1:]
            if not same:
                raise _unproven(where)
    except (yaml.YAMLError, ValueError):
        raise _unproven(where) from None
    if hits != 1:
        raise _unproven(where)


def _events(text: str) -> Iterator[tuple[Any, ...]]:
    """Yield (document, start), kind, (anchor, tag), value, style and implicit of each event."""
    index = -1
    event: Any
    for event in yaml.parse(text, Loader=LOADER):
        index += isinstance(event, yaml.DocumentStartEvent)
        parts = ((getattr(event, name, None)) for name in ("value", "style", "implicit"))
        properties = (getattr(event, "anchor", None), getattr(event, "tag", None))
        yield (index, event.start_mark.index), type(event).__name__, properties, *parts


def _unproven(where: str) -> RefusedError:
    return RefusedError(
        f"{where} cannot be changed without changing something else in the file",
        fix="edit this value by hand",
    )
