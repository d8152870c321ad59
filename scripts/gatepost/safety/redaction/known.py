"""The forms in which a known value shows up: as it is, escaped, quoted, encoded."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Collection, Iterator
from html import escape
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""Characters. Shorter values would blank ordinary words; GitHub's own runner has no floor."""


def forms_of(values: Collection[str]) -> tuple[str, ...]:
    """Return every form to look for, longest first, so that no form hides a part of a longer one."""
    forms = {form for value in values for form in _forms(value) if len(form) >= SHORTEST}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _forms(value: str) -> Iterator[str]:
    value = value.strip("\r\n")
    parts = [line.strip() for line in value.splitlines()]
    for part in {value, *(p for p in parts if len(p) >= 8)}:
        if len(part) >= SHORTEST:
            yield from _escaped(part)
            yield from _encoded(part)


def _escaped(value: str) -> Iterator[str]:
    """As shells, JSON, HTML and addresses write it. A form that spans lines is left to its lines."""
    dumped = json.dumps(value)[1:-1]
    forms = {
        value,
        dumped,
        json.dumps(value, ensure_ascii=False)[1:-1],
        dumped.replace("/", "\\/"),
        json.dumps(dumped)[1:-1],
        repr(value)[1:-1],
        escape(value),
        escape(value).replace("&#x27;", "&#39;"),
        escape(value).replace("&#x27;", "&apos;"),
        escape(value, quote=False),
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        quote(value, safe="!*'()~"),
        value.replace("'", "'\\''"),
        value.replace("'", "'\"'\"'"),
        "".join(c if c.isalnum() or c in "_-./@%+=:," else f"\\{c}" for c in value),
    }
    forms |= {_lower_percent(form) for form in forms if "%" in form}
    yield from (form for form in forms if "\n" not in form)


def _encoded(value: str) -> Iterator[str]:
    """In hex, and in base64 at each of the three offsets at which a longer text may hold it."""
    raw = value.encode("utf-8", "surrogatepass")
    yield raw.hex()
    yield raw.hex().upper()
    yield b64encode(raw).decode()
    if len(raw) < 6:
        return
    for offset in range(3):
        coded = b64encode(b"\0" * offset + raw).decode()
        # Only the characters that `value` alone decides: none shared with a neighbour.
        first = (0, 2, 3)[offset]
        last = len(coded) if (offset + len(raw)) % 3 == 0 else len(coded.rstrip("=")) - 1
        stable = coded[first:last]
        yield stable
        yield stable.replace("+", "-").replace("/", "_")


def _lower_percent(form: str) -> str:
    head, *rest = form.split("%")
    return head + "".join("%" + part[:2].lower() + part[2:] for part in rest)
