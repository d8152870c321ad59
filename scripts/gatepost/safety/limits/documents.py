"""Read JSON, YAML and XML from strangers: size, depth and aliases bounded, surprises refused."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn, cast
from xml.etree.ElementTree import Element, ParseError

import yaml

from gatepost.errors import ConfigError
from gatepost.safety.limits.text import one_line

MAX_BYTES = 8 << 20
MAX_DEPTH = 100
MAX_ALIASES = 100
MAX_NODES = 200_000
MAX_DIGITS = 400
"""Digits of one number. Python itself refuses to convert more than 4,300, after quadratic work."""

_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(
    data: bytes, *, what: str = "the document", max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> dict[str, Any]:
    """
    Parse one JSON object; anything else raises `ConfigError` with what is wrong and where.

    Stricter than `json`: UTF-8 only (a mark at the start is dropped), no NaN or Infinity, no key
    twice in one object, no number of more than `MAX_DIGITS` digits. Half a surrogate pair becomes
    U+FFFD, so that the result can be encoded again.
    """
    _check_size(data, what=what, max_bytes=max_bytes)
    fix = "send one JSON object in UTF-8"
    _check_depth(data, what=what, max_depth=max_depth)
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_without_twins,
            parse_constant=_no_constant,
            parse_int=_int,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{what} is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}", fix=fix
        ) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ConfigError(f"{what} is not JSON: {error.msg} at {where}", fix=fix) from error
    except ValueError as error:
        raise ConfigError(f"{what}: {error}", fix=fix) from error
    if not isinstance(value, dict):
        raise ConfigError(f"{what} is a JSON {_json_type(value)}, not an object", fix=fix)
    return value


def read_yaml(
    data: bytes, *, what: str = "the document", max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> Any:
    """
    Parse one YAML document with plain types only; `ConfigError` names line and column.

    Refuses tags that make objects, keys given twice, more than `MAX_ALIASES` aliases, deep nesting
    and more than `MAX_NODES` nodes once aliases are counted out.
    """
    _check_size(data, what=what, max_bytes=max_bytes)
    fix = "write one plain YAML document in UTF-8"
    try:
        _check_events(data, max_depth=max_depth)
        return yaml.load(data, Loader=_StrictLoader)  # noqa: S506 - _StrictLoader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(
            f"{what} is not plain YAML: {one_line(str(error.problem))}{where}", fix=fix
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{what} is not plain YAML: {one_line(str(error))[:200]}", fix=fix) from error


def read_xml(data: bytes, *, what: str = "the document", max_bytes: int = MAX_BYTES) -> Element:
    """Parse an XML document that declares no entities and no document type; else `ConfigError`."""
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - only verbs that read XML need it
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415 - as above

    _check_size(data, what=what, max_bytes=max_bytes)
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ConfigError(
            f"{what} declares entities or a DTD: {one_line(str(error))}", fix="write it without"
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise ConfigError(
            f"{what} is not XML: {one_line(str(error))}", fix="look at how it was written"
        ) from error
    return root


def _check_size(data: bytes, *, what: str, max_bytes: int) -> None:
    if len(data) > max_bytes:
        raise ConfigError(
            f"{what} is {len(data)} bytes long, the limit is {max_bytes}", fix="send less at once"
        )


def _check_depth(data: bytes, *, what: str, max_depth: int) -> None:
    """Refuse nesting before a recursive parser meets it."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(data):
        first = match[0][:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > max_depth:
            raise ConfigError(
                f"{what} nests deeper than {max_depth} levels at byte {match.start()}", fix="send it flatter"
            )


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        clean = _SURROGATE.sub("\ufffd", key)
        if clean in result:
            raise ValueError(f"the key {one_line(clean)[:80]!r} appears twice in one object")
        result[clean] = _encodable(value)
    return result


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits, the limit is {MAX_DIGITS}")
    return int(digits)


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def _json_type(value: object) -> str:
    names = {list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")


def _check_events(data: bytes, *, max_depth: int) -> None:
    """Count depth, aliases and what the aliases stand for, before anything is built."""
    depth = aliases = 0
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(data, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            aliases += 1
            total += sizes.get(str(event.anchor), MAX_NODES)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            total += 1
            open_nodes.append((event.anchor, total))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before + 1
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
        _refuse_over(event, depth=depth, max_depth=max_depth, aliases=aliases, total=total)


def _refuse_over(event: yaml.Event, *, depth: int, max_depth: int, aliases: int, total: int) -> None:
    problem = ""
    if depth > max_depth:
        problem = f"nested deeper than {max_depth} levels"
    elif aliases > MAX_ALIASES:
        problem = f"more than {MAX_ALIASES} aliases"
    elif total > MAX_NODES:
        problem = f"more than {MAX_NODES} nodes once aliases are expanded"
    if problem:
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=cast("yaml.Mark | None", event.start_mark))


class _StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, after its own keys were compared (merged ones may be overridden)."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = (key_node.tag, key_node.value) if isinstance(key_node, yaml.ScalarNode) else id(key_node)
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key_node.value!r} appears twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)
