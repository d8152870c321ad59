"""Redact a stream of bytes of any length in bounded memory, and a text by the same path."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator
from typing import BinaryIO

from gatepost.safety.redaction.scrub import LOOKAHEAD, PIECE, Scrubber

BLOCK = 1 << 18
"""Bytes read at a time. Memory stays within a few multiples of it, however long a line is."""


class Redactor:
    """Redacts a text given in pieces of any size; the pieces' edges do not show in the result."""

    def __init__(self, known: Collection[str] = ()) -> None:
        self._scrubber = Scrubber(known)
        self._rest = ""
        self._joined = False

    def feed(self, text: str) -> str:
        """Take in more text; return what can be told by now."""
        return "".join(self._out(self._rest + text, final=False))

    def close(self) -> str:
        """Return the rest."""
        return "".join(self._out(self._rest, final=True))

    def _out(self, text: str, *, final: bool) -> Iterator[str]:
        *whole, last = text.split("\n")
        lines: list[str] = []
        ends: list[str] = []
        for line in whole:
            rest = self._pieces(line, lines, ends, ended=True)
            lines.append(rest)
            ends.append("\n")
        self._rest = self._pieces(last, lines, ends, ended=final)
        if final:
            lines.append(self._rest)
            ends.append("")
        for line, end in zip(self._scrubber.lines(lines), ends, strict=True):
            yield line
            yield end

    def _pieces(self, line: str, lines: list[str], ends: list[str], *, ended: bool) -> str:
        """Move the sure pieces of a long line to `lines`; return what is left of it."""
        start = 0
        while len(line) - start > PIECE + LOOKAHEAD or (ended and len(line) - start > PIECE):
            cut = self._scrubber.cut(line[start : start + PIECE + LOOKAHEAD])
            lines.append(line[start : start + cut])
            ends.append("")
            start += cut
        return line[start:]


def redact_stream(reader: BinaryIO, writer: BinaryIO, *, known: Collection[str] = ()) -> None:
    """
    Copy `reader` to `writer` without secrets, in bounded memory.

    Bytes that are no UTF-8 come out as U+FFFD. The result is that of `redact` on the whole.
    """
    redactor = Redactor(known)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while block := reader.read(BLOCK):
        writer.write(redactor.feed(decoder.decode(block)).encode("utf-8", "replace"))
    writer.write(redactor.feed(decoder.decode(b"", final=True)).encode("utf-8", "replace"))
    writer.write(redactor.close().encode("utf-8", "replace"))
    writer.flush()
