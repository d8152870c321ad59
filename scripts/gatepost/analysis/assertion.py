"""What a test runner's headline leaves out, found where the failure itself was printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from gatepost.analysis.reading import Found, Line
from gatepost.analysis.sign import Values, value

_PYTEST, _UNITTEST = "pytest-failed", "unittest-failed"
_SECTION = re.compile(r"^_+ (?:ERROR at (?:setup|teardown) of )?(?P<test>\S.*?) _+$")
_BREAK = re.compile(r"^(?:={3,} .+ ={3,}|_+ .+ _+|(?:FAILED|ERROR) \S+::.*)$")
_LETTER = re.compile(r"^E(?: {3}|$)")
_SAID = re.compile(r"^E   +(?P<said>\S.*)$")
_GUIDE = re.compile(r"^E +\?[ ^+-]*$")
_FAILING = re.compile(r"^>   +\S")
_RAISED = re.compile(r"^(?P<path>[\w./\\-]+\.py):(?P<line>\d+): \w[\w.]*$")
_NEXT = re.compile(r"^(?:(?:FAIL|ERROR): |Ran \d+ test|FAILED \()")
_FRAME = re.compile(r'^  File "(?P<path>[^"]{1,300})", line (?P<line>\d+)')
_EXCEPTION = re.compile(r"^(?P<said>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning|Failed)\b.*)$")
_CUT = ("...", "…")
_LEAST = 8
"""Characters of a cut message that still tell it from another."""

_PROVING = 4
_MOST_SAID = 3
"""Of the lines in which an assertion explains itself; a diff of two long values has dozens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One failure, as completely as the evidence has it."""

    found: Found
    proof: tuple[Line, ...] = ()
    """The failing statement, what it said, where it was raised: in the order printed."""

    place: tuple[str, str] = ("", "")
    """Path and line of where it was raised; empty when that is not printed."""


def in_full(found: Found, lines: Sequence[Line]) -> Told:
    """
    Return `found` with the whole of a message that the headline cut or lacks, and the lines that prove it.

    `lines` are those of the same evidence, in the order printed. Without a message that is
    this test's own beyond doubt, `found` stays as it is.
    """
    if found.hit.sign.name == _PYTEST:
        return _pytest(found, lines)
    return _unittest(found, lines) if found.hit.sign.name == _UNITTEST else Told(found=found)


def _unittest(found: Found, lines: Sequence[Line]) -> Told:
    """Read on below the headline, to the last exception before the next one's."""
    below = list(takewhile(lambda line: not _NEXT.match(line.text), lines[found.line.place + 1 :]))
    ends = [n for n, line in enumerate(below) if _EXCEPTION.match(line.text)]
    if found.line.place < 0 or not ends:
        return Told(found=found)
    stack = below[: ends[-1] + 1]
    frame = next((m for line in reversed(stack) if (m := _FRAME.match(line.text))), None)
    return Told(
        found=_saying(found, stack[-1].text),
        proof=tuple(stack[-_PROVING:]),
        place=(frame["path"], frame["line"]) if frame else ("", ""),
    )


def _saying(found: Found, said: str) -> Found:
    values = Values({**found.hit.values, "error": value(said)})
    return replace(found, hit=replace(found.hit, values=values))


def _pytest(found: Found, lines: Sequence[Line]) -> Told:
    """Find the assertion in the test's own section, else by what the summary says of it."""
    error = found.hit.values["error"]
    blocks = [b for b in _blocks(_own(found, lines)) if _is_of(b, error)]
    if not error:  # of errors that led to each other, the last one is the test's
        blocks = blocks[-1:]
    elif not blocks and len(error) >= _LEAST:
        blocks = [b for b in _blocks(lines) if _is_of(b, error)]
    said = {_said(block) for block in blocks}
    if len(said) != 1:
        return Told(found=found)
    raised = next((m for line in blocks[0] if (m := _RAISED.match(line.text))), None)
    return Told(
        found=_saying(found, said.pop()),
        proof=tuple(blocks[0]),
        place=(raised["path"], raised["line"]) if raised else ("", ""),
    )


def _own(found: Found, lines: Sequence[Line]) -> list[Line]:
    """Return the lines of the sections that bear the test's name."""
    name = found.hit.values["test"].replace("::", ".")
    own: list[Line] = []
    inside = False
    for line in lines:
        if _BREAK.match(line.text):
            section = _SECTION.match(line.text)
            inside = section is not None and section["test"] == name
        if inside:
            own.append(line)
    return own


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield each assertion: the statement before it, its first lines, where it was raised."""
    for number, line in enumerate(lines):
        if not _SAID.match(line.text) or (number and _LETTER.match(lines[number - 1].text)):
            continue
        rest = lines[number:]
        after = next((n for n, one in enumerate(rest) if not _LETTER.match(one.text)), len(rest))
        said = [one for one in rest[:after] if _SAID.match(one.text) and not _GUIDE.match(one.text)][
            :_MOST_SAID
        ]
        before = [one for one in lines[max(0, number - 1) : number] if _FAILING.match(one.text)]
        raised = [one for one in rest[after : after + 2] if _RAISED.match(one.text)][:1]
        yield [*before, *said, *raised]


def _said(block: Sequence[Line]) -> str:
    return next(m["said"] for line in block if (m := _SAID.match(line.text)))


def _is_of(block: Sequence[Line], error: str) -> bool:
    """Whether the summary's `error` is what `block` says, as far as it goes."""
    said = _said(block)
    for mark in _CUT:
        if error.endswith(mark):
            return said.startswith(error.removesuffix(mark))
    return error in ("", said)
