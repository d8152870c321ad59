"""The identity of a failure: equal in another run of it, different for another failure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from gatepost.analysis.sign import bare

_HEX_CHARS = 16
_MOST_PARTS = 20

# What differs between two runs, two machines or two axes of a matrix though the failure is the same.
_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*|\b\d\d:\d\d:\d\d\b"), "<time>"),
    (
        re.compile(
            r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b|0x[0-9a-fA-F]+|\b(?=[a-f]*\d)[0-9a-f]{7,64}\b"
        ),
        "<id>",
    ),
    (re.compile(r"(?:[A-Za-z]:)?[/\\](?:[\w.@+ -]+[/\\])+(?=[\w.@+-])"), "/"),
    (re.compile(r"\b(?:py|python|cp|node|go|jdk|java|ruby|php)[-_ ]?\d[\d.]*\b", re.IGNORECASE), "<version>"),
    (
        re.compile(
            r"\b(?:ubuntu|windows|macos|linux|darwin|win32|win64|x86_64|amd64|arm64|aarch64)(?:-[\w.]+)?\b",
            re.I,
        ),
        "<os>",
    ),
    (
        re.compile(r"(?<![\w.])[-+]?\d+(?:[.,:]\d+)*(?:\s?(?:ms|s|m|h|kb|mb|gb|%))?(?![\w.])", re.IGNORECASE),
        "#",
    ),
    (re.compile(r"\s+"), " "),
)


def stable(text: str) -> str:
    """Return one line without what changes from run to run: times, ids, folders above a file, numbers."""
    text = bare(text)
    for pattern, stand_in in _VARYING:
        text = pattern.sub(stand_in, text)
    return text.strip()


def fingerprint(kind: str, parts: Iterable[str]) -> str:
    """
    Return 16 hex digits for a failure of `kind` told apart by `parts`, in any order.

    Parts are made stable first; beyond 20 they no longer count, since a long tail of followers
    differs more between runs than the failure does.
    """
    kept = sorted(dict.fromkeys(stable(part) for part in parts))[:_MOST_PARTS]
    return hashlib.sha256("\0".join((kind, *kept)).encode()).hexdigest()[:_HEX_CHARS]
