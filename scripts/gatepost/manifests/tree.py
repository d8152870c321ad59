"""YAML as nodes that know where they stand in the text; nothing is resolved, expanded or constructed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from gatepost.errors import ConfigError

# libyaml is what Kubernetes' own readers descend from, and thirty times as fast as the pure parser.
LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)

MAX_DEPTH = 100
"""Levels of nesting; Kubernetes' deepest own schema stays far below."""


class NodeKind(StrEnum):
    """What stands at a place in a document."""

    SCALAR = "scalar"
    MAPPING = "mapping"
    SEQUENCE = "sequence"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One value as written. `start` and `end` count characters of the text without its BOM."""

    kind: NodeKind
    start: int
    end: int
    line: int
    """0-based line of `start`."""

    text: str = ""
    """The scalar's value, or the name that an alias refers to."""

    anchor: str = ""
    tag: str = ""
    """As the parser expanded it; empty when none is written."""

    style: str = ""
    """One of `'`, `"`, `|` and `>`; empty for a plain scalar."""

    flow: bool = False
    """Whether it stands inside `[]` or `{}`."""

    pairs: tuple[tuple[Node, Node], ...] = ()
    items: tuple[Node, ...] = ()

    def get(self, key: str) -> Node | None:
        """Return the first value under `key`, or None; never looks through aliases or merge keys."""
        return next((v for k, v in self.pairs if k.kind is NodeKind.SCALAR and k.text == key), None)

    def scalar(self, *keys: str) -> str:
        """Return the text found by following `keys` through mappings; empty when there is none."""
        node: Node | None = self
        for key in keys:
            node = node.get(key) if node else None
        return node.text if node and node.kind is NodeKind.SCALAR else ""

    def walk(self) -> Iterator[Node]:
        """Yield this node and everything below it in the order of the text, keys included."""
        yield self
        for key, value in self.pairs:
            yield from key.walk()
            yield from value.walk()
        for item in self.items:
            yield from item.walk()


def decode(raw: bytes, *, name: str) -> str:
    """Return the text of a manifest without its byte order mark."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise ConfigError(f"{name} is UTF-16", fix="save the manifest as UTF-8")
    try:
        return raw.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{name} is not UTF-8: byte {error.start} is 0x{raw[error.start]:02x}",
            fix="save the manifest as UTF-8",
        ) from None


def documents(text: str, *, name: str, only: int | None = None) -> list[Node | None]:
    """
    Parse every document of `text`; a document without content is None.

    With `only`, documents other than that one are read past, for speed, and are None too.
    """
    found: list[Node | None] = []
    events = yaml.parse(text, Loader=LOADER)
    try:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                wanted = only in {None, len(found)}
                found.append(_content(events) if wanted else None)
    except yaml.YAMLError as error:
        raise _unreadable(error, text=text, name=name) from None
    except RecursionError:
        raise ConfigError(
            f"{name} nests deeper than {MAX_DEPTH} levels",
            fix="a manifest this deep is not one to edit by key",
        ) from None
    return found


def _content(events: Iterator[Any]) -> Node | None:
    node = _node(next(events), events, depth=0, flow=False)
    empty = node.kind is NodeKind.SCALAR and node.start == node.end
    return None if empty else node


def _node(event: Any, events: Iterator[Any], *, depth: int, flow: bool) -> Node:
    if depth > MAX_DEPTH:
        raise RecursionError
    start, end, line = event.start_mark.index, event.end_mark.index, event.start_mark.line
    if isinstance(event, yaml.AliasEvent):
        alias = str(event.anchor)
        return Node(kind=NodeKind.ALIAS, start=start, end=end, line=line, flow=flow, text=alias)
    anchor, tag = event.anchor or "", event.tag or ""
    text, style = "", ""
    pairs: list[tuple[Node, Node]] = []
    items: list[Node] = []
    if isinstance(event, yaml.ScalarEvent):
        kind, text, style = NodeKind.SCALAR, event.value or "", event.style or ""
    elif isinstance(event, yaml.SequenceStartEvent):
        kind, inner = NodeKind.SEQUENCE, flow or bool(event.flow_style)
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_node(event, events, depth=depth + 1, flow=inner))
    else:
        kind, inner = NodeKind.MAPPING, flow or bool(event.flow_style)
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = _node(event, events, depth=depth + 1, flow=inner)
            pairs.append((key, _node(next(events), events, depth=depth + 1, flow=inner)))
    closed: Any = event  # the closing event, where there is one
    return Node(
        kind=kind, start=start, end=closed.end_mark.index, line=line, flow=flow, anchor=anchor, tag=tag,
        text=text, style=style, pairs=tuple(pairs), items=tuple(items),
    )  # fmt: skip


def _unreadable(error: yaml.YAMLError, *, text: str, name: str) -> ConfigError:
    mark = getattr(error, "problem_mark", None)
    place = f"{name}:{mark.line + 1}" if mark else name
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    if "{{" in text:
        return ConfigError(
            f"{place} is a template, not YAML: {problem}",
            fix="change the value where the template reads it from, such as the chart's values.yaml",
        )
    return ConfigError(f"{place} cannot be read as YAML: {problem}", fix="correct the file, then run again")
