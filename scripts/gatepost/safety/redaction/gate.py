"""
Choose the lines worth a close look, at several times the speed of looking.

A log is mostly innocent, and a substring search is an order of magnitude faster than any pattern.
So a line passes on only when it holds a word of credentials, an address with a user, or an
unbroken run as long as the shortest token. The gate may let too much through, never too little.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence

from gatepost.safety.redaction.encodings import INVISIBLE_BYTES
from gatepost.safety.redaction.tokens import FORMATS

_ALONE = tuple(
    b"passw passphrase passcode pwd secret token credential cookie bearer sshpass connectionstring requirepass "
    b"masterauth -----begin private-lines authoriz curl login mysql mariadb redis-cli openssl ldap".split()
) + (
    b"basic ",
    b"identified by",
    b"data:\n",
    b"data:\r\n",
    b"---- begin ssh2",
    b"connection string",
    b"net use",
)
"""Rare enough in logs that the word alone decides."""

_ASSIGNED = tuple(b"key auth pass session dsn sig wd= code= pwd= k=".split())
"""Common words, which count only when a value may follow."""

_VALUE_FOLLOWS = re.compile(
    rb"[a-z0-9_.\-]{0,44}[\"'`\\\])>]{0,6}[ \t]{0,4}(?:%3[ad]|[=:>]|[\"',]?[ \t]{0,4}\r?(?:\n|\Z))|[a-z]{0,8} [^ \n]{3}"
)
_USERINFO = re.compile(rb"(?:://|%3a%2f%2f|:\\/\\/)[^\s\"'<>]{1,600}?(?:@|%40)")

RUN = 20
"""Characters of the shortest token in the table, an AWS key id."""

_RUN_CLASS = bytes(
    0x61 if chr(c).isascii() and (chr(c).isalnum() or chr(c) in "_-") else 0x20 for c in range(256)
)
_LONG_RUN = b"a" * RUN
_HINTS = tuple(sorted({hint.encode() for form in FORMATS for hint in form.hints if len(hint) > 2}))
_SHORT_HINTS = re.compile(
    rb"(?<![A-Za-z0-9])(?:(?:SK|AC)[0-9a-f]{32}|[MNO][\w-]{22,27}\.|pn[ub]_)|:A[\w-]{34}|-us\d|[\w~.]{3}\dQ~|[$]2[abxy][$]|T3[\w=-]{40}|/\d{16}"
)
_GENERIC = re.compile(rb"[_-][A-Za-z0-9]{32}")
_CODED = re.compile(rb"[A-Za-z0-9+/_-]{24,}")


def candidates(text: str, known: Sequence[str]) -> list[int]:
    """Return the 0-based numbers of the lines of `text` that may hold a secret, in order."""
    data = text.encode("utf-8", "surrogatepass")
    if b"\x1b" in data or not data.isascii():
        data = INVISIBLE_BYTES.sub(b"", data)
    found = sorted({*_words(data.lower()), *_runs(data), *_known(data, known)})
    numbers: list[int] = []
    line = last = 0
    for position in found:
        line += data.count(b"\n", last, position)
        last = position
        if not numbers or numbers[-1] != line:
            numbers.append(line)
    return numbers


def _words(data: bytes) -> Iterator[int]:
    for word in _ALONE:
        yield from _lines_with(data, word)
    for word in _ASSIGNED:
        yield from _lines_with(data, word, _VALUE_FOLLOWS, len(word))
    yield from _lines_with(data, b"://", _USERINFO)
    if b"%3a%2f%2f" in data:
        yield from _lines_with(data, b"%3a%2f%2f", _USERINFO)
    if b":\\/\\/" in data:
        yield from _lines_with(data, b":\\/\\/", _USERINFO)


def _lines_with(
    data: bytes, word: bytes, then: re.Pattern[bytes] | None = None, skip: int = 0
) -> Iterator[int]:
    """Yield one position in each line that holds `word`, with `then` matching `skip` bytes on."""
    at = data.find(word)
    while at >= 0:
        if then is None or then.match(data, at + skip):
            yield at
            at = data.find(b"\n", at)
            if at < 0:
                return
            at = data.find(word, at)
        else:
            at = data.find(word, at + 1)


def _runs(data: bytes) -> Iterator[int]:
    """Yield the start of each line with a long run that may be a token or encoded text."""
    mapped = data.translate(_RUN_CLASS)
    at = mapped.find(_LONG_RUN)
    while at >= 0:
        start = data.rfind(b"\n", 0, at) + 1
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        if _promising(data[start:end]):
            yield start
        at = mapped.find(_LONG_RUN, end)


def _promising(line: bytes) -> bool:
    return (
        any(hint in line for hint in _HINTS)
        or _SHORT_HINTS.search(line) is not None
        or _GENERIC.search(line) is not None
        or any(_holds_text(run[0]) for run in _CODED.finditer(line))
    )


def _holds_text(run: bytes) -> bool:
    """Tell whether the run may decode to text, from base64 or hex; most paths and digests do not."""
    head = run[:24].replace(b"-", b"+").replace(b"_", b"/")
    if b64decode(head).isascii():
        return True
    try:
        return len(run) >= 32 and bytes.fromhex(run[:24].decode()).isascii()
    except ValueError:
        return False


def _known(data: bytes, known: Sequence[str]) -> Iterator[int]:
    for form in known:
        yield from _lines_with(data, form.encode("utf-8", "surrogatepass"))
