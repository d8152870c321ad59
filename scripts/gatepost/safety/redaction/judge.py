"""Tell a secret value from a placeholder, a word, an expression or an identifier."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """A piece of a text that must go."""

    start: int
    end: int
    kind: str


MARKER = re.compile(r"\[redacted: [a-z0-9 -]{1,40}\]")

# Values that stand for a secret, or that everyone knows: hiding them only hides the cause.
_WORD = re.compile(
    r"""
    admin|airflow|anonymous|basic|bearer|blank|boolean|bytes|changeit|changeme|default|demo|disabled
    |dummy|empty|enabled|example|expired|fake|false|file|foo|bar|foobar|guest|hidden|invalid|keyring
    |letmein|masked|minio|minioadmin|missing|mock|mysql|nil|none|null|object|omitted|optional|pass
    |passwd|password|postgres|private|prompt|public|qwerty|redacted|removed|required|root|secret|some
    |sample|str|string|test|testing|text|todo|token|true|undefined|unknown|unset|user|username|valid
    |value|variable|yes|your
    """,
    re.VERBOSE | re.IGNORECASE,
)
_STANDS_FOR = re.compile(
    r"""
    (?: [*•x.#_-]{3,}+ | X{3,}+ | 0{6,}+ | \.{3} | … ) \Z           # a mask, alone
    | [*•]{3}                                                       # the runner's own mask, with a rest
    | <[^<>]{0,80}> | \[[A-Za-z _:.-]{0,60}\]?                      # <password>, [MASKED], [redacted: …]
    | \$\w{1,80}\Z | \$[({] | %\w{1,60}% | %\( | %[sdrqv]\b | \{\{ | \{[A-Za-z_.]{1,40}\}
    | @[A-Z_]{2,40}@ | !\w+!
    | \\?\$\{ | (?:secrets|env|vars|inputs|process\.env|os\.environ|var|local|self|this|config|settings)[.\[]
    | (?i:your[_ -]|my[_-](?:password|secret|token|key)\b|replace|insert|change[_-]?(?:me|it|this)|todo|dummy
    | example|placeholder|redacted|masked|hidden|xxxx|not[_ -]?(?:set|shown|used)
    | test[_-]?(?:password|secret|token|key)\b)
    | (?:None|null|nil|true|false|undefined|NULL)\b
    """,
    re.VERBOSE,
)
_EXPRESSION = re.compile(
    r"[A-Za-z_][\w.:]{0,80}[(\[]|(?:[A-Za-z_]\w{0,40}\.){1,6}[A-Za-z_]{1,40}\Z|&?[a-z_:]+<"
)
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}://|(?:~|\.{1,2})?/[\w.@-]{0,40}(?:/|\Z|\.\w{1,5}\Z)|[A-Za-z]:\\|\./)"
)
_DIGEST = re.compile(r"(?:sha(?:1|224|256|384|512)|md5|h1|blake2b|SHA256)[:=-]")
_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\Z")
_HEX = re.compile(r"(?:[0-9a-f]+|[0-9A-F]+)\Z")
_SEGMENT = re.compile(r"[^\s_./:,;@-]{2,}")


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def lowered(text: str) -> str:
    """Return `text` with ASCII letters in lower case, and every character where it was."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


def is_placeholder(value: str) -> bool:
    """Tell whether `value` only stands for a secret: a mask, a variable, a word such as `changeme`."""
    if _STANDS_FOR.match(value) or _WORD.fullmatch(value):
        return True
    return len(set(value)) <= 2 or value.endswith("EXAMPLE") or "EXAMPLEKEY" in value


def is_expression(value: str) -> bool:
    """Tell whether `value` is code, a path, an address or a digest rather than a literal secret."""
    if _DIGEST.match(value) or _EXPRESSION.match(value):
        return True
    return bool(_ADDRESS.match(value)) and not is_random(value, strict=True)


def is_random(value: str, *, strict: bool = False) -> bool:
    """
    Tell whether `value` looks generated: letters, digits and cases change often within its parts.

    Words joined by dashes or camel case change seldom. `strict` wants all of upper case, lower
    case and digits, so hashes and UUIDs do not count.
    """
    body = value.rstrip("=")
    if len(body) < 8:
        return False
    if not strict and (_UUID.match(body) or _HEX.match(body)):
        return len(body) >= 16 and len(set(body)) >= 6 and any(c.isdigit() for c in body)
    classes = {_class_of(c) for c in body}
    if strict and not {"U", "L", "D"} <= classes:
        return False
    if "D" not in classes and not ({"U", "L"} <= classes and len(body) >= 16) and "S" not in classes:
        return False
    changes = 0
    for segment in _SEGMENT.findall(body[:512]):
        kinds = [_class_of(c) for c in segment]
        changes += sum(a != b for a, b in pairwise(kinds))
    return changes >= max(3, min(len(body), 512) * (0.3 if strict else 0.2))


def _class_of(char: str) -> str:
    if char.islower():
        return "L"
    if char.isupper():
        return "U"
    return "D" if char.isdigit() else "S"
