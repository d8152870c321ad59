"""How a value is spelled in YAML so that every reader, of version 1.1 or 1.2, reads it back as meant."""

from __future__ import annotations

import re

from gatepost.errors import ConfigError

# What a reader of YAML 1.1 (Python, Ruby) or 1.2 (Go, JavaScript) takes for something other than text.
_WORD = re.compile(r"(?:~|null|true|false|yes|no|on|off|y|n|<<|=)", re.IGNORECASE)
_NUMBER = re.compile(
    r"""[-+]?(?:
        0b[01_]+ | 0o?[0-7_]+ | 0x[0-9a-f_]+          # other bases
      | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?   # sexagesimal
      | (?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:e[-+]?[0-9]+)?  # decimal, 1e3 included
      | \.inf | \.nan
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?")

# Printable ASCII without spaces, not led by an indicator, no flow punctuation: what references are made of.
_PLAIN = re.compile(r"[A-Za-z0-9./_+$^(;\\~<=][!-+\--Z\\^-z|~]*")


def reads_as_text(value: str) -> bool:
    """Tell whether `value`, written without quotes, is text to every reader."""
    return not (_WORD.fullmatch(value) or _NUMBER.fullmatch(value) or _DATE.fullmatch(value))


def spell(value: str | int, *, style: str = "") -> str:
    """
    Write `value` in `style`: `'`, `"`, or empty for plain, which is quoted where plain would not be safe.

    An integer is always written plain, because quotes would make it text.
    """
    if isinstance(value, int):
        return str(value)
    if any(not c.isprintable() for c in value):
        raise ConfigError(
            f"the new value {value!r} holds a control character or a line break",
            fix="give one line of printable text",
        )
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    if style == '"' or not _safe_plain(value):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value


def _safe_plain(value: str) -> bool:
    return (
        bool(_PLAIN.fullmatch(value))
        and reads_as_text(value)
        and not value.endswith(":")
        and not value.startswith(("---", "..."))
    )
