"""Follow secrets that span lines: private keys, Kubernetes secrets, names with the value on the next line."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

from gatepost.safety.redaction.context import is_secret
from gatepost.safety.redaction.judge import Span, is_placeholder
from gatepost.safety.redaction.names import grade_of

_BEGIN = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
    r"|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"
)
_INLINE = re.compile(r"[A-Za-z0-9+/=\\\s%&#;:,.()-]*")
_END = re.compile(r"-{4,5} ?END [A-Z0-9 ]{0,60}")
_PPK = re.compile(r"Private-Lines: (\d{1,3})")
_HEADER = re.compile(r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|MessageID): ")
_SOLE_BODY = re.compile(
    r"[\s\"'+|>]{0,80}(?<![A-Za-z0-9/])=?[A-Za-z0-9+/]{1,100}={0,3}(?=(?:\\n|\\r|[\"',\\\s]){0,6}$)"
)
_LONG_BODY = re.compile(r"(?<![^\s\"'|>+,:])[A-Za-z0-9+/]{32,100}={0,3}(?=(?:\\n|\\r|[\"',\\\s]){0,6}$)")
_RUN = re.compile(r"[A-Za-z0-9+/=\\]{16,8192}")
_NAME_LINE = re.compile(
    r"(?:name|key)[\"']?[ \t]{0,2}:[ \t]{0,2}[\"']?(?P<name>[\w.\-]{2,80})[\"',]{0,2}\s{0,2}$", re.IGNORECASE
)
_VALUE_LINE = re.compile(
    r"\bvalue[\"']?[ \t]{0,2}:[ \t]{0,2}(?P<quote>[\"'])?(?P<value>[^\s\"']{4,4096})", re.IGNORECASE
)
_DATA_LINE = re.compile(r"(?P<indent>[ \t]{0,40})(?P<name>data|stringData):\s{0,2}$")
_ENTRY = re.compile(
    r"(?P<indent>[ \t]{1,60})[\w.\-]{1,128}:[ \t]{1,4}(?P<value>[A-Za-z0-9+/]{4,65536}={0,2})\s{0,2}$"
)
_TEXT_ENTRY = re.compile(
    r"(?P<indent>[ \t]{1,60})[\w.\-]{1,128}:[ \t]{1,4}[\"']?(?P<value>[^\s\"']{4,65536})"
)

KEY_MARKER = "[redacted: private key]"

KEY_LINES_MAX = 2_000
"""A key without its END stops hiding lines here; the largest real ones have a few hundred."""


class Blocks:
    """What earlier lines say about the next one. One per text, fed line by line."""

    __slots__ = ("_data_indent", "_data_kind", "_key_column", "_key_lines", "_name", "_ppk_lines")

    def __init__(self) -> None:
        self._key_lines = 0
        self._key_column = 0
        self._ppk_lines = 0
        self._name = ""
        self._data_indent = -1
        self._data_kind = ""

    @property
    def active(self) -> bool:
        """Whether the next line must be looked at, whatever it holds."""
        return bool(self._key_lines or self._ppk_lines or self._name or self._data_indent >= 0)

    def find(self, text: str) -> Iterator[Span]:
        """Find what the lines before make secret in this one, and note what this one opens."""
        yield from self._key(text)
        yield from self._named(text)
        yield from self._manifest(text)

    def _key(self, text: str) -> Iterator[Span]:
        begin = _BEGIN.search(text)
        if begin is not None:
            end = _END.search(text, begin.end())
            stop = end.start() if end else _INLINE.match(text, begin.end()).end()  # type: ignore[union-attr]
            body = text[begin.end() : stop]
            if sum(c.isalnum() for c in body) >= 8:
                yield Span(begin.end(), stop, "private key")
            self._key_lines = 0 if end else KEY_LINES_MAX
            self._key_column = begin.start()
        elif self._key_lines:
            self._key_lines -= 1
            yield from self._key_line(text)
        elif self._ppk_lines:
            self._ppk_lines -= 1
            yield from (Span(*m.span(), "private key") for m in _LONG_BODY.finditer(text))
        elif ppk := _PPK.search(text):
            self._ppk_lines = int(ppk[1])

    def _key_line(self, text: str) -> Iterator[Span]:
        end = _END.search(text)
        if end:
            self._key_lines = 0
            body = _RUN.search(text, 0, end.start())
        else:
            body = self._sole(text, 0) or self._sole(text, self._key_column) or _LONG_BODY.search(text)
        if body:
            yield Span(*body.span(), "private key")
        elif text.strip() and not (
            KEY_MARKER in text or _HEADER.search(text) or text.rsplit(maxsplit=1)[-1] in "+|>"
        ):
            self._key_lines = 0

    @staticmethod
    def _sole(text: str, column: int) -> re.Match[str] | None:
        """Match key material that is all there is from `column` on, behind what a log puts in front."""
        return _SOLE_BODY.match(text, column) if column < len(text) else None

    def _named(self, text: str) -> Iterator[Span]:
        if self._name:
            match = _VALUE_LINE.search(text)
            if match and is_secret(match["value"], grade=grade_of(self._name), quoted=True):
                yield Span(*match.span("value"), "secret")
        line = _NAME_LINE.search(text)
        self._name = line["name"].lower() if line and grade_of(line["name"].lower()) != "none" else ""

    def _manifest(self, text: str) -> Iterator[Span]:
        opens = _DATA_LINE.search(text)
        if opens:
            self._data_indent, self._data_kind = opens.start("name"), opens["name"]
            return
        if self._data_indent < 0 or not text.strip():
            return
        base64 = self._data_kind == "data"
        entry = (_ENTRY if base64 else _TEXT_ENTRY).search(text)
        first = len(text) - len(text.lstrip())
        if entry is None and first <= self._data_indent:
            self._data_indent = -1
        elif entry and (_holds_text(entry["value"]) if base64 else not is_placeholder(entry["value"])):
            yield Span(*entry.span("value"), "kubernetes secret")


def _holds_text(value: str) -> bool:
    """Tell whether `value` is base64 of printable text, as the data of a Kubernetes Secret is."""
    if len(value) % 4:
        return False
    raw = b64decode(value)
    return raw.isascii() and raw.decode().replace("\n", "").isprintable()
