"""
Choose the lines worth a close look, at several times the speed of looking.

A log is mostly innocent, and a substring search is an order of magnitude faster than any pattern.
So a line passes on only when it holds a word of credentials, an address with a user, or an
unbroken run as long as the shortest token. The gate may let too much through, never too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gatepost.safety.redaction.encodings import INVISIBLE_BYTES
from gatepost.safety.redaction.tokens import FORMATS

_VALUE = re.compile(
    rb"[a-z0-9_.\-]{0,44}[\"'`\\\])>]{0,6}[ \t]{0,4}"
    rb"(?:%3[ad]|%2[27]|&[a-z#]|[=:>]|[\"',]?[ \t]{0,4}\r?(?:\n|\Z))"
    rb"|[a-z]{0,8} [^ \n]{2}"
)
_USERINFO = re.compile(rb"[^\s\"'<>]{1,600}?(?:@|%40)")

_ALONE = (
    *(b"pwd", b"secret", b"token", b"credential", b"cookie", b"bearer", b"identified", b"login"),
    *(b"-----begin", b"ssh2", b"putty", b"curl", b"mysql", b"mariadb", b"redis-cli", b"openssl", b"ldap"),
)
"""Rare enough in logs that the word alone decides."""

_FOLLOWED = (
    *((word.encode(), _VALUE) for word in ("pass", "key", "auth", "session", "dsn", "sig")),
    (b"connection", re.compile(rb"[_. -]?string")),
    (b"data:", re.compile(rb"[ \t]{0,4}\r?(?:\n|\Z)")),
    (b"://", _USERINFO),
    (b":\\/\\/", _USERINFO),
    (b"%3a%2f%2f", _USERINFO),
)
"""Common words, which count only when this follows."""


RUN = 20
"""Characters of the shortest token in the table, an AWS key id."""

_RUN_CLASS = bytes(
    0x61 if chr(c).isascii() and (chr(c).isalnum() or chr(c) in "_-") else 0x20 for c in range(256)
)
_LONG_RUN = b"a" * RUN
_DULL = re.compile(
    rb"(?:[0-9a-f-]++|[0-9A-F-]++|(?:[A-Z]{0,6}+[a-z]{3,}+\d{0,4}+|[_-]++|[A-Za-z]{1,6}+(?=[_-]|\Z)|\d{1,4}+(?=[_-]|\Z))++)\Z"
)
"""
Words in camel or snake case, numbers, digests and UUIDs. A generator's output ends up there less
than once in ten thousand times.
"""

_OUTSIDE = 40
"""Bytes around a run that may hold the rest of its token: the longest is a webhook's path."""

_BEFORE_DIGEST = re.compile(rb"(?:v1\.|[?&;=]|\d:|~)\Z")
_GENERIC = re.compile(rb"[_-][A-Za-z0-9]{32}")
_HEX_TEXT = re.compile(rb"(?:[2-7][0-9A-Fa-f]){16}")
_BASE64_TEXT = re.compile(
    rb"(?:[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]){6}"
)
"""Six times three characters of ASCII: the top bit of each is clear."""


def _any_of(hints: set[str]) -> re.Pattern[bytes]:
    """Compile an alternation that branches on the first character only once."""
    by_first: dict[str, list[str]] = {}
    for hint in sorted(hints):
        by_first.setdefault(hint[0], []).append(re.escape(hint[1:]))
    return re.compile("|".join(f"{re.escape(c)}(?:{'|'.join(r)})" for c, r in by_first.items()).encode())


_HINT = _any_of({hint for form in FORMATS for hint in form.hints if len(hint) > 2 and hint != "pat"})
_SHORT_HINT = re.compile(
    rb"(?:SK|AC)[0-9a-f]{32}|[MNO][\w-]{22,27}\.|pn[ub]_|:A[\w-]{34}"
    rb"|pat\w{14}\.|[\w~.]{3}\dQ~|[$]2[abxy][$]|T3[\w=-]{40}|/\d{16}[:/]"
)
"""The same for formats whose fixed string is too short to tell anything."""


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
    for word, then in _FOLLOWED:
        yield from _lines_with(data, word, then)


def _lines_with(data: bytes, word: bytes, then: re.Pattern[bytes] | None = None) -> Iterator[int]:
    """Yield one position in each line that holds `word`, with `then` right after it."""
    at = data.find(word)
    while at >= 0:
        if then is None or then.match(data, at + len(word)):
            yield at
            at = data.find(b"\n", at)
            if at < 0:
                return
            at = data.find(word, at)
        else:
            at = data.find(word, at + 1)


def _runs(data: bytes) -> Iterator[int]:
    """Yield one position in each line with a long run that may be a token or encoded text."""
    mapped = data.translate(_RUN_CLASS)
    at = mapped.find(_LONG_RUN)
    while at >= 0:
        end = mapped.find(b" ", at + RUN)
        end = len(data) if end < 0 else end
        if _promising(data, at, end):
            yield at
            end = data.find(b"\n", at)
            if end < 0:
                return
        at = mapped.find(_LONG_RUN, end)


def _promising(data: bytes, start: int, end: int) -> bool:
    run = data[start:end]
    if _DULL.match(run) and not _HINT.match(run):
        return _BEFORE_DIGEST.search(data[max(0, start - 3) : start]) is not None or bool(
            _HEX_TEXT.match(run)
        )
    if (start and data[start - 1] in b"./:~$+") or data[end : end + 1] in (b"+", b"/", b"~"):
        run = data[max(0, start - _OUTSIDE) : end + _OUTSIDE]
    return any(pattern.search(run) for pattern in (_HINT, _SHORT_HINT, _GENERIC, _BASE64_TEXT))


def _known(data: bytes, known: Sequence[str]) -> Iterator[int]:
    for form in known:
        yield from _lines_with(data, form.encode("utf-8", "surrogatepass"))
