"""One row of the rule table: how a line of evidence shows what kind of thing broke."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gatepost.model import FailureType

# A longer line is data, not a message; the bound also bounds every pattern's work.
LINE_CHARS = 1_000
_VALUE_CHARS = 160

_NOISE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # ANSI sequences
    r"|^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z "  # the runner's timestamps
    r"|^\s*\[(?:junit|testng|javac|java|exec)\] ?"  # Ant's tasks
    r"|##\[(?:error|warning)\]|^::(?:error|warning)[^:]*::"
)
# Stands where a group did not match, so that the words around it close up and nothing else does.
_GAP = "\0"
_GAPS = (
    (re.compile(r"`[\x00\s]+`|\([\x00\s]+\)|\x00+"), ""),
    (re.compile(r"\s+"), " "),
    (re.compile(r" ([:,.])(?=\s|$)"), r"\1"),
)


def bare(line: str) -> str:
    """Return `line` without colours, the runner's timestamp and its error marker, cut to `LINE_CHARS`."""
    return _NOISE.sub("", line[: 2 * LINE_CHARS]).rstrip()[:LINE_CHARS]


def rx(*patterns: str, ignore_case: bool = False) -> tuple[re.Pattern[str], ...]:
    """Compile the alternatives of one sign; each may use the same group names."""
    return tuple(re.compile(p, re.IGNORECASE if ignore_case else 0) for p in patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A pattern that a tool's own grammar defines, and what it means."""

    name: str
    """Stable identifier, part of the fingerprint."""

    failure: FailureType

    rank: int
    """Which sign decides when several match: the highest. The scale is drawn in `signs/__init__.py`."""

    patterns: tuple[re.Pattern[str], ...]
    """Searched in one line, as `bare` leaves it. Groups `path` and `line` name a place."""

    title: str
    """One sentence; `{group}` takes a named group of the pattern, or nothing when it did not match."""

    fix: str = ""
    why: str = ""

    many: str = ""
    """Title when several distinct lines match; knows `{count}` besides the groups of the first."""

    detail: str = ""
    """One point per distinct match, shown when there are several."""

    identity: tuple[str, ...] = ()
    """Groups that tell one failure from another; line numbers and measured values are not among them."""

    confirmed_by: int = 0
    """Exit code without which the sign decides nothing; 0 when it needs none."""

    context: int = 2
    """Neighbouring evidence lines to quote on either side."""


class Values(dict[str, str]):
    """Named groups of a match; a group that took no part is empty."""

    def __missing__(self, name: str) -> str:
        """Return nothing for a group that only another alternative has."""
        return ""


class _Filled(Values):
    def __missing__(self, name: str) -> str:
        return _GAP


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One sign found in one line."""

    sign: Sign
    values: Values = field(default_factory=Values)

    def says(self, template: str, *, count: int = 1) -> str:
        """Fill one of the sign's own templates with the groups that matched."""
        text = template.format_map(_Filled(self.values, count=str(count)))
        for gap, filler in _GAPS:
            text = gap.sub(filler, text)
        return text.strip(" :,")

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two hits of one sign the same failure."""
        return tuple(self.values[name] for name in self.sign.identity)


def match(sign: Sign, text: str) -> Hit | None:
    """Look for `sign` in one line, as `bare` leaves it."""
    for pattern in sign.patterns:
        if match := pattern.search(text):
            groups = match.groupdict().items()
            return Hit(sign=sign, values=Values({n: value(v) for n, v in groups if v}))
    return None


def value(text: str) -> str:
    """Return what a group matched as a title can hold it: unquoted, and not too long."""
    short = text.replace(_GAP, "").strip()
    if len(short) > 1 and short[0] == short[-1] and short[0] in "`'\"":
        short = short[1:-1]
    return short if len(short) <= _VALUE_CHARS else short[: _VALUE_CHARS - 1] + "…"
