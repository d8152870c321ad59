"""What providers' own tokens look like; the table itself is `tokens.tsv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from gatepost.safety.redaction.judge import Span, is_placeholder, is_random

_SHORT_PREFIX = frozenset({"llm-provider"})
"""Kinds whose prefix also begins ordinary words, so that the rest must look generated."""

_GENERIC = re.compile(
    r"(?<![A-Za-z0-9])(?!sha\d|md5)[A-Za-z][a-z0-9]{1,11}(?:[_-][a-z0-9]{1,8}){0,2}"
    r"[_-]([A-Za-z0-9]{32,256})(?![A-Za-z0-9+/=])"
)
"""`prefix_` and a long run: how providers not in the table, and those to come, write tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One provider's token format."""

    kind: str
    hints: tuple[str, ...]
    """Fixed strings; text that holds none of them holds no such token."""

    pattern: re.Pattern[str]
    """Every repeat is bounded. Group 1, when there is one, is the secret part."""

    source: str
    """Whose documentation states the format."""


def _rows() -> Iterator[Format]:
    table = resources.files(__package__).joinpath("tokens.tsv").read_text(encoding="utf-8")
    for line in table.splitlines()[1:]:
        kind, hints, pattern, source = line.split("\t")
        yield Format(kind=kind, hints=tuple(hints.split("|")), pattern=re.compile(pattern), source=source)


FORMATS = tuple(_rows())
_BY_HINT = tuple((hint, form) for form in FORMATS for hint in form.hints)


def find_tokens(text: str) -> Iterator[Span]:
    """Find what looks like a provider's token, wherever it stands."""
    tried: set[int] = set()
    for hint, form in _BY_HINT:
        if hint not in text or id(form) in tried:
            continue
        tried.add(id(form))
        for match in form.pattern.finditer(text):
            group = 1 if match.re.groups else 0
            if is_placeholder(match[group]) or (form.kind in _SHORT_PREFIX and not is_random(match[group])):
                continue
            yield Span(match.start(group), match.end(group), form.kind)
    for match in _GENERIC.finditer(text):
        if is_random(match[1], strict=True):
            yield Span(match.start(), match.end(), "token")
