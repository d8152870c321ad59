"""Read bytes and text within limits: capped streams, lenient decoding, clipping."""

from __future__ import annotations

import codecs
from typing import Protocol

from gatepost.errors import UpstreamError
from gatepost.safety.visible import visible

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_CHUNK = 1 << 16


class Readable(Protocol):
    """Anything with a file's `read`, such as an HTTP body."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


def read_capped(stream: Readable, limit: int, *, what: str = "the body") -> bytes:
    """Read a stream to its end, or raise `UpstreamError` as soon as it is over `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    while part := stream.read(min(_CHUNK, limit + 1 - size)):
        size += len(part)
        if size > limit:
            raise UpstreamError(f"{what} is over the limit of {limit} bytes", fix="narrow the request")
        parts.append(part)
    return b"".join(parts)


def decode_text(data: bytes) -> str:
    """
    Decode text of unknown origin without ever failing.

    A byte order mark decides and is dropped; without one the bytes are UTF-8. Bytes that do not
    fit and NUL become U+FFFD, so that a log with a few bad bytes keeps its lines.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").replace("\0", "\ufffd")
    return data.decode("utf-8", "replace").replace("\0", "\ufffd")


def one_line(text: str, *, max_chars: int = 200) -> str:
    """Return a stranger's name or message as one bounded line that shows in full what it holds."""
    shown = visible(text).replace("\n", "\u23ce").replace("\t", " ")
    return shown if len(shown) <= max_chars else shown[: max_chars - 1] + "\u2026"


def clip_bytes(text: str, max_bytes: int, *, mark: str = "… [cut: {dropped} bytes]") -> str:
    """
    Cut `text` to at most `max_bytes` of UTF-8, never inside a character, and say what was cut.

    The mark is part of the budget; `{dropped}` in it becomes the number of bytes left out. A budget
    too small for the mark gets as much of the text as fits, without one.
    """
    raw = text.encode("utf-8", "replace")
    if len(raw) <= max_bytes:
        return raw.decode()
    room = max_bytes - len(mark.replace("{dropped}", str(len(raw))).encode())
    if room <= 0:
        return raw[: max(0, max_bytes)].decode("utf-8", "ignore")
    kept = raw[:room].decode("utf-8", "ignore")
    return kept + mark.replace("{dropped}", str(len(raw) - len(kept.encode())))
