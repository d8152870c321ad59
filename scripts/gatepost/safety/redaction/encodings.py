"""Look through encodings: terminal escapes, percent, JSON and HTML escapes, base64 and hex."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from html import unescape
from itertools import chain

from gatepost.safety.redaction.judge import Span

# Invisible: terminal escapes (ECMA-48), zero-width and soft characters (Unicode Cf).
INVISIBLE = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]?|\x1b\][^\x07\x1b\n]{0,512}(?:\x07|\x1b\\)?|\x1b[ -/]{0,4}[0-~]?"
    r"|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
INVISIBLE_BYTES = re.compile(
    rb"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]?|\x1b\][^\x07\x1b\n]{0,512}(?:\x07|\x1b\\)?|\x1b[ -/]{0,4}[0-~]?"
    rb"|\xc2\xad|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xa4]|\xef\xbb\xbf"
)
_ESCAPED = re.compile(
    r"%[0-9A-Fa-f]{2}|\\{1,4}(?:u00[0-7][0-9A-Fa-f]|x[2-7][0-9A-Fa-f]|[nrt\"'/])|&(?:amp|lt|gt|quot|apos|#x?[0-9A-Fa-f]{1,4});"
)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t"}
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{24,65536}={0,2}")
_HEX_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32,65536}(?![0-9A-Za-z])")

Offsets = list[int] | range


class View:
    """A text as a reader of it would see it, with the way back to where each character came from."""

    __slots__ = ("_ends", "_starts", "text")

    def __init__(self, text: str, starts: Offsets, ends: Offsets) -> None:
        self.text = text
        self._starts = starts
        self._ends = ends

    @classmethod
    def of(cls, text: str) -> View:
        """Return the view that changes nothing."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def back(self, span: Span) -> Span:
        """Return where in the original `span` of this view lies."""
        return Span(self._starts[span.start], self._ends[span.end - 1], span.kind)

    def without_invisible(self) -> View:
        """Drop what a terminal does not show."""
        return self._replaced(INVISIBLE, lambda _: "")

    def unescaped(self) -> View:
        """Undo one layer of percent, backslash and HTML escapes."""
        return self._replaced(_ESCAPED, _unescape)

    def _replaced(self, pattern: re.Pattern[str], change: Callable[[str], str]) -> View:
        parts: list[str] = []
        starts: list[Offsets] = []
        ends: list[Offsets] = []
        last = 0
        for match in pattern.finditer(self.text):
            parts.append(self.text[last : match.start()])
            starts.append(self._starts[last : match.start()])
            ends.append(self._ends[last : match.start()])
            if char := change(match[0]):
                parts.append(char)
                starts.append([self._starts[match.start()]])
                ends.append([self._ends[match.end() - 1]])
            last = match.end()
        if not last:
            return self
        parts.append(self.text[last:])
        starts.append(self._starts[last:])
        ends.append(self._ends[last:])
        return View("".join(parts), list(chain.from_iterable(starts)), list(chain.from_iterable(ends)))


def views(line: str) -> Iterator[View]:
    """Yield the line as shown on a terminal, then with its escapes undone, once and twice."""
    view = View.of(line).without_invisible()
    yield view
    for _ in range(2):
        inner = view.unescaped()
        if inner is view:
            return
        yield inner
        view = inner


def find_encoded(text: str, search: Callable[[str], bool]) -> Iterator[Span]:
    """Find base64 and hex runs whose decoded text `search` finds a secret in."""
    for match in _BASE64_RUN.finditer(text):
        decoded = _decoded(match[0])
        if decoded and search(decoded):
            yield Span(match.start(), match.end(), "encoded secret")
    for match in _HEX_RUN.finditer(text):
        if len(match[0]) % 2 == 0:
            raw = bytes.fromhex(match[0])
            if raw.isascii() and search(raw.decode()):
                yield Span(match.start(), match.end(), "encoded secret")


def _decoded(run: str) -> str:
    """Return the text in a base64 run, or nothing when it holds bytes that are no text."""
    body = run.rstrip("=").translate({0x2D: "+", 0x5F: "/"})
    body = body[: len(body) - (len(body) % 4 == 1)]
    raw = b64decode(body + "=" * (-len(body) % 4))
    if not raw[:48].isascii() or raw[:48].count(b"\0"):
        return ""
    return raw.decode("latin-1")


def _unescape(unit: str) -> str:
    if unit[0] == "%":
        code = int(unit[1:], 16)
        return chr(code) if code < 0x80 else "\ufffd"
    if unit[0] == "&":
        return unescape(unit)[:1]
    body = unit.lstrip("\\")
    if body[0] in "ux" and len(body) > 1:
        return chr(int(body[1:], 16))
    return _SIMPLE.get(body, body)
