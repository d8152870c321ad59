"""YAML that a person wrote, with the line of every key, so that an error can point at it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gatepost.errors import ConfigError

_DEPTH = 12
_SHOWN = 80
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One YAML document of plain values."""

    name: str
    """What to call the file in an error."""

    value: Any
    places: Mapping[Path, tuple[int, int]]
    """1-based line and column of each key and item."""

    @classmethod
    def read(cls, text: str, *, name: str, first_line: int = 1) -> Self:
        """Read `text`; `first_line` is where it begins in the file. An empty document is an empty mapping."""
        try:
            node = yaml.compose(text, Loader=_Loader)
            reader = _Reader(first_line=first_line, name=name)
            value = {} if node is None else reader.value(node, ())
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = f":{mark.line + first_line}:{mark.column + 1}" if mark else ""
            raise ConfigError(
                f"{name}{at} is not YAML: {error.problem or error.context}",
                fix="correct that line; indentation and a missing colon or quote are the usual causes",
            ) from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise ConfigError(
                f"{name} is not YAML: {str(error)[:200]}", fix="write it as plain UTF-8 YAML"
            ) from error
        return cls(name=name, value=value, places=reader.places)

    def explain(self, error: ValidationError, *, keys: Mapping[Path, Sequence[str]]) -> ConfigError:
        """Turn the first fault into one sentence with file, line, key, value and the next step."""
        faults = error.errors(include_url=False)
        # A key that is misspelt is also missing: name the misspelling.
        first = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
        loc = tuple(part for part in first["loc"] if part != "[key]")
        line, column = self._place(loc)
        key = ".".join(str(part) for part in loc) or "the file"
        where = f"{self.name}:{line}:{column}"
        if first["type"] == "extra_forbidden":
            known = keys.get(loc[:-1], ())
            return ConfigError(f"{where}: {key} is not a setting", fix=_meant(str(loc[-1]), known))
        if first["type"] == "missing":
            return ConfigError(f"{where}: {key} is missing", fix=f"add `{loc[-1]}`")
        given = repr(first["input"])
        shown = given if len(given) <= _SHOWN else f"{given[: _SHOWN - 1]}…"
        return ConfigError(f"{where}: {key} is {shown}", fix=_wanted(first))

    def refuse_unknown(self, at: Path, known: Sequence[str]) -> None:
        """Raise `ConfigError` when the mapping at `at` has a key that is none of `known`."""
        value = self.value
        for part in at:
            value = value.get(part) if isinstance(value, dict) else None
        for key in value if isinstance(value, dict) else ():
            if key not in known:
                line, column = self._place((*at, key))
                where = ".".join(str(part) for part in (*at, key))
                raise ConfigError(
                    f"{self.name}:{line}:{column}: {where} is not a setting", fix=_meant(key, known)
                )

    def refuse_other_items(self, at: Path, known: Sequence[str]) -> None:
        """Raise `ConfigError` when the list at `at` holds anything but `known` words, each once."""
        items = self.value
        for part in at:
            items = items[part]
        for number, item in enumerate(items):
            if item not in known or item in items[:number]:
                line, column = self._place((*at, number))
                what = "names it twice" if item in known else "is not offered"
                raise ConfigError(
                    f"{self.name}:{line}:{column}: {at[-1]} {what}: {item}", fix=_meant(str(item), known)
                )

    def _place(self, loc: Path) -> tuple[int, int]:
        while loc and loc not in self.places:
            loc = loc[:-1]
        return self.places.get(loc, (1, 1))


class _Loader(yaml.SafeLoader):
    """Plain YAML; what could grow without bound is refused in `_Reader`."""


class _Reader:
    """Turns nodes into plain values: bounded, without aliases, each key once, and notes where they stand."""

    def __init__(self, *, first_line: int, name: str) -> None:
        self.places: dict[Path, tuple[int, int]] = {}
        self._first_line = first_line
        self._name = name
        self._scalars = _Loader("")
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, at: Path) -> Any:
        """Return the value of `node`, which stands at `at`."""
        self.places.setdefault(at, self._mark(node))
        if id(node) in self._seen or len(at) > _DEPTH:
            what = "uses an alias" if id(node) in self._seen else f"is nested deeper than {_DEPTH}"
            raise self._refused(node, f"{what}, which settings have no use for", "write the value out")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*at, number)) for number, item in enumerate(node.value)]
        return self._scalars.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, at: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None or key == "<<":
                raise self._refused(key_node, "holds a key that is no plain word", "write a plain key")
            if key in found:
                raise self._refused(key_node, f"names {key} twice", "keep one of the two")
            self.places[(*at, key)] = self._mark(key_node)
            found[key] = self.value(value_node, (*at, key))
        return found

    def _mark(self, node: yaml.Node) -> tuple[int, int]:
        mark = node.start_mark
        return mark.line + self._first_line, mark.column + 1

    def _refused(self, node: yaml.Node, what: str, fix: str) -> ConfigError:
        line, column = self._mark(node)
        return ConfigError(f"{self._name}:{line}:{column} {what}", fix=fix)


def _meant(word: str, known: Sequence[str]) -> str:
    """Suggest the known word that comes nearest, else list them."""
    if near := difflib.get_close_matches(word, known, n=1):
        return f"write `{near[0]}`"
    return f"use one of {', '.join(known)}" if known else "leave it out"


def _wanted(error: ErrorDetails) -> str:
    """Say what would have been right."""
    context = error.get("ctx", {})
    if expected := context.get("expected"):
        words = [word.strip(" '") for word in str(expected).replace(" or ", ",").split(",")]
        return _meant(str(error["input"]), words)
    if pattern := context.get("pattern"):
        return f"write a value that matches {pattern}"
    return error["msg"].replace("Input should be", "write")
