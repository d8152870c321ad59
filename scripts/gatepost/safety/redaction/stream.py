"""Redact a stream of bytes of any length in bounded memory, and a text by the same path."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from typing import BinaryIO

from gatepost.safety.redaction.scrub import LOOKAHEAD, PIECE, Scrubber

BLOCK = 1 << 18
"""Bytes read at a time. Memory stays within a few multiples of it, however long a line is."""


class Redactor:
    """Redacts a text given in pieces of any size; the pieces' edges do not show in the result."""

    def __init__(self, known: Collection[str] = ()) -> None:
        self._scrubber = Scrubber(known)
        self._rest = ""

    def feed(self, text: str) -> str:
        """Take in more text; return what can be told by now."""
        whole, newline, last = (self._rest + text).rpartition("\n")
        self._rest = ""
        return (self._whole(whole) + "\n" if newline else "") + self._tail(last, ended=False)

    def close(self) -> str:
        """Return the rest."""
        return self._tail(self._rest, ended=True)

    def _whole(self, text: str) -> str:
        """Redact lines that are complete."""
        lines = text.split("\n")
        if len(text) <= PIECE or max(map(len, lines)) <= PIECE:
            clean = self._scrubber.lines(lines)
            return text if clean is lines else "\n".join(clean)
        return "\n".join(self._tail(line, ended=True) for line in lines)

    def _tail(self, line: str, *, ended: bool) -> str:
        """Redact what is sure of one line; keep the rest unless the line has `ended`."""
        pieces: list[str] = []
        rest = self._pieces(line, pieces, ended=ended)
        if ended:
            pieces.append(rest)
        else:
            self._rest = rest
        return "".join(self._scrubber.lines(pieces)) if pieces else ""

    def _pieces(self, line: str, pieces: list[str], *, ended: bool) -> str:
        """Move the sure pieces of a long line to `pieces`; return what is left of it."""
        start = 0
        while len(line) - start > PIECE + LOOKAHEAD or (ended and len(line) - start > PIECE):
            cut = self._scrubber.cut(line[start : start + PIECE + LOOKAHEAD])
            pieces.append(line[start : start + cut])
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
