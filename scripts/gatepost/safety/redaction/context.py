"""Find values that their surroundings give away: assignments, headers, addresses, cookies."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

from gatepost.safety.redaction.judge import Span, is_expression, is_placeholder, is_random, lowered
from gatepost.safety.redaction.names import NAMED, grade_of, name_of

_NAMED_VALUE = re.compile(
    r"""
    \b(?:[Nn]ame|[Kk]ey)["'\\]{0,3}[ \t]{0,2}[:=][ \t]{0,2}["'\\]{0,3}(?P<name>[\w.\-]{2,80})
    ["'\\]{0,3}[ \t]{0,2},?[ \t]{0,2}["'\\]{0,3}[Vv]alue["'\\]{0,3}[ \t]{0,2}[:=]
    [ \t]{0,2}\\{0,3}["']?(?P<value>[^\s"'\\]{4,4096})
    """,
    re.VERBOSE,
)
_CACHE_KEY_PART = re.compile(r"[A-Za-z_.]*[0-9.]{0,12}|[0-9a-f]{6,128}")
_BARE = re.compile(r"[^\s\"'`<>|\\]{1,8192}")
_JUDGED = 256
"""Characters of an unquoted value that are read to judge it."""

_CUT = re.compile(
    r";(?=\s|\Z|[\w ]{1,40}=)|&(?=[\w.%-]{1,40}=)"
    r"|,(?=\s|\Z|\"|'|[\w.-]{1,40}[=:])|[)\]}>]{1,4}[,;.]?\Z|[,;:]\Z"
)


def find_named(text: str) -> Iterator[Span]:
    """Find values given to a name that promises a secret, as in `DB_PASSWORD=…` or `"apiKey": "…"`."""
    lower = lowered(text)
    done = 0
    for match in NAMED.finditer(lower):
        if match.end() <= done:
            continue  # inside a value that goes as a whole: looking again would cost quadratic time
        name = name_of(text, match)
        grade = grade_of(name)
        if grade == "none" or (match["mid"].startswith(">") and not _opens_element(text, match.start())):
            continue
        start, end, quoted = _value(text, match.end())
        if is_secret(text[start:end], grade=grade, quoted=quoted):
            done = end if quoted else _whole(text, start, end)
            yield Span(start, done, "password" if grade == "strong" else "secret")
    for match in _NAMED_VALUE.finditer(text) if "alue" in text else ():
        if is_secret(match["value"], grade=grade_of(match["name"].lower()), quoted=True):
            yield Span(*match.span("value"), "secret")


def is_secret(value: str, *, grade: str, quoted: bool) -> bool:
    """Judge a value by its own look and by the grade of its name."""
    if grade == "none" or len(value) < 4 or is_placeholder(value) or is_expression(value):
        return False
    if grade == "weak":
        return len(value) >= 12 and is_random(value) and not is_hash(value)
    if grade == "medium":
        return is_random(value) or is_basic(value)
    plain = value.isalpha() and (value.islower() or value.istitle() or not quoted)
    return len(value) >= (4 if quoted else 5) and not plain and not (value.isdigit() and len(value) < 6)


def _opens_element(text: str, stem: int) -> bool:
    """Tell whether the name at `stem` stands in an XML start tag."""
    opening = text.rfind("<", max(0, stem - 60), stem)
    return opening >= 0 and ">" not in text[opening:stem] and text[opening + 1 : opening + 2] != "/"


def _value(text: str, start: int) -> tuple[int, int, bool]:
    """Return where a value begins and ends, and whether quotes held it."""
    slashes = start
    while slashes < len(text) and slashes - start < 4 and text[slashes] == "\\":
        slashes += 1
    quote = text[slashes : slashes + 1]
    if quote and quote in "\"'`":
        closing = text[start : slashes + 1]
        end = text.find(closing, slashes + 1, slashes + 8192)
        if end > slashes:
            return slashes + 1, end, True
        start = slashes + 1
    bare = _BARE.match(text, start, start + _JUDGED)
    if bare is None:
        return start, start, False
    cut = _CUT.search(text, start, bare.end())
    return start, cut.start() if cut else bare.end(), False


def _whole(text: str, start: int, end: int) -> int:
    """Return where the unquoted value ends of which `_value` read the first part."""
    if end - start < _JUDGED or (rest := _BARE.match(text, end)) is None:
        return end
    cut = _CUT.search(text, end, rest.end())
    return cut.start() if cut else rest.end()


def is_hash(value: str) -> bool:
    """Tell whether a value is a digest, an id or a dashed cache key, which `key` alone often names."""
    if re.fullmatch(r"[0-9a-fA-F]{7,128}", value):
        return True
    parts = value[:512].split("-")
    return len(parts) > 1 and all(_CACHE_KEY_PART.fullmatch(part) for part in parts)


def is_basic(value: str) -> bool:
    """Tell whether a value is `user:password` in base64."""
    if len(value) < 8 or len(value) % 4 or not re.fullmatch(r"[A-Za-z0-9+/]{6,8192}={0,2}", value):
        return False
    decoded = b64decode(value)
    return decoded.isascii() and b":" in decoded and decoded.decode().isprintable()
