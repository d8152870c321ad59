"""Bytes of any kind to numbered lines, in one pass and bounded memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import BinaryIO

MAX_LINE_BYTES = 16_384
"""Of a longer line only the head is kept; the count of what was cut goes with it."""

_CHUNK_BYTES = 1 << 18


def chunks(log: BinaryIO | Iterable[bytes] | bytes) -> Iterator[bytes]:
    """Yield `log` in pieces cut anywhere. UTF-16 with a byte order mark becomes UTF-8."""
    pieces = _pieces(log)
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= len(codecs.BOM_UTF8):
            break
    codec = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(first[:2])
    if codec is None:
        yield first.removeprefix(b"\xef\xbb\xbf")
        yield from pieces
        return
    yield from _recode(first[2:], pieces, codec)


def lines(log: BinaryIO | Iterable[bytes] | bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each line without its newline, and how many bytes were cut from its end."""
    head = b""
    cut = 0
    for chunk in chunks(log):
        parts = chunk.split(b"\n")
        for part in parts[:-1]:
            if head or cut or len(part) > MAX_LINE_BYTES:
                yield _join(head, part, cut)
                head, cut = b"", 0
            else:
                yield part, 0
        head, cut = _join(head, parts[-1], cut)
    if head or cut:
        yield head, cut


def _join(head: bytes, part: bytes, cut: int) -> tuple[bytes, int]:
    room = MAX_LINE_BYTES - len(head)
    return head + part[:room], cut + max(0, len(part) - room)


def _pieces(log: BinaryIO | Iterable[bytes] | bytes) -> Iterator[bytes]:
    if isinstance(log, bytes):
        return iter((log,))
    read = getattr(log, "read", None)
    if read is None:
        return iter(log)
    return iter(lambda: bytes(read(_CHUNK_BYTES)), b"")


def _recode(first: bytes, rest: Iterator[bytes], codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for piece in rest:
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
