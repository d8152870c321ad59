"""Redact line by line: gate, look closely, replace; with what one line says about the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from gatepost.safety.redaction.blocks import Blocks
from gatepost.safety.redaction.commands import find_arguments
from gatepost.safety.redaction.context import find_named
from gatepost.safety.redaction.encodings import View, find_encoded, views
from gatepost.safety.redaction.gate import candidates
from gatepost.safety.redaction.headers import find_credentials
from gatepost.safety.redaction.judge import MARKER, Span
from gatepost.safety.redaction.known import forms_of
from gatepost.safety.redaction.tokens import find_tokens

PIECE = 1 << 16
"""Characters. A longer line is redacted in pieces, so that memory stays bounded."""

LOOKAHEAD = 1 << 13
"""Characters that must follow a piece, or the line's end, before it is cut: more than a token has."""

CONTEXT = 256
"""Characters kept with a secret when a long line is cut: the name that gives it away."""

_PASSES = 4
"""A replacement may show what was hidden beside it; lines settle in two passes, nearly always."""


class Scrubber:
    """Takes secrets out of one text, given in pieces of whole lines."""

    def __init__(self, known: Collection[str] = ()) -> None:
        self._known = forms_of(known)
        self._blocks = Blocks()

    def lines(self, lines: list[str]) -> list[str]:
        """Return the next whole lines without their secrets; as many as were given."""
        todo = candidates("\n".join(lines), self._known)
        if not todo and not self._blocks.active:
            return lines
        lines = lines.copy()
        index = 0
        for number in [*todo, len(lines)]:
            while index < number and self._blocks.active:
                lines[index] = self._line(lines[index])
                index += 1
            if index <= number < len(lines):
                lines[number] = self._line(lines[number])
                index = number + 1
        return lines

    def cut(self, window: str) -> int:
        """Return where to cut a line too long to hold: at most `PIECE` on, and in no secret."""
        if not candidates(window, self._known):
            return PIECE
        at = PIECE
        for span in sorted(self._close_look(window), reverse=True):
            if span.start - CONTEXT < at < span.end:
                at = span.start - CONTEXT
        return at if at >= PIECE // 4 else PIECE

    def _line(self, line: str) -> str:
        """Redact one line, until another look changes nothing."""
        extra = [
            view.back(span)
            for view in [View.of(line).without_invisible()]
            for span in self._blocks.find(view.text)
        ]
        for _ in range(_PASSES):
            found = [*extra, *self._close_look(line)]
            changed = _replace(line, found)
            if changed == line:
                break
            line, extra = changed, []
        return line

    def _close_look(self, line: str) -> Iterator[Span]:
        for view in views(line):
            text = view.text
            for span in _search(text):
                yield view.back(span)
            for span in find_encoded(text, lambda decoded: any(_search(decoded))):
                yield view.back(span)
            for form in self._known:
                at = text.find(form)
                while at >= 0:
                    yield view.back(Span(at, at + len(form), "known value"))
                    at = text.find(form, at + len(form))


def _search(text: str) -> Iterator[Span]:
    yield from find_tokens(text)
    yield from find_named(text)
    yield from find_credentials(text)
    yield from find_arguments(text)


def _replace(line: str, found: Iterable[Span]) -> str:
    """Put a marker in place of each span; what is a marker already stays."""
    merged: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, span.kind != "private key", span.end)):
        if merged and span.start < merged[-1].end:
            before = merged[-1]
            merged[-1] = Span(before.start, max(before.end, span.end), before.kind)
        else:
            merged.append(span)
    if not merged:
        return line
    markers = [m.span() for m in MARKER.finditer(line)]
    parts: list[str] = []
    last = 0
    for span in merged:
        for start, end in _outside(span, markers):
            if any(c.isalnum() for c in line[start:end]):
                parts += [line[last:start], f"[redacted: {span.kind}]"]
                last = end
    return "".join([*parts, line[last:]])


def _outside(span: Span, markers: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the parts of `span` that no marker covers."""
    at = span.start
    for start, end in markers:
        if end <= at:
            continue
        if start >= span.end:
            break
        if at < start:
            yield at, start
        at = max(at, end)
    if at < span.end:
        yield at, span.end
