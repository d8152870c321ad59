"""Take secrets out of text: known values, provider tokens, private keys, and values that their context gives away."""

from __future__ import annotations

import re
from collections.abc import Collection

from gatepost.safety.types import SEAL, Redacted

_KNOWN_MIN = 4
"""Shorter known values would blank ordinary words; GitHub's runner masks with no floor at all."""

_TOKENS = re.compile(
    r"(?P<github>gh[pousr]_[A-Za-z0-9._-]{36,}|github_pat_[A-Za-z0-9_]{36,})"
    r"|(?P<gitlab>gl[a-z]{2,6}-[A-Za-z0-9_-]{20,})"
    r"|(?P<aws>(?<![A-Za-z0-9])A[KS]IA[A-Z2-7]{16})"
    r"|(?P<slack>xox[a-z]-[A-Za-z0-9-]{10,})"
    r"|(?P<jwt>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+)"
    r"|(?P<google>AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,})"
)
_ASSIGNED = re.compile(
    r"(?i)((?:password|passwd|secret|token|api_?key|access_?key)[\"']?\s?[:=]\s?[\"']?)([^\s\"'$<*{]{8,})"
)


def redact(text: str, *, known: Collection[str] = ()) -> Redacted:
    """Return `text` with each secret replaced by `[redacted: <kind>]`, line for line."""
    for value in sorted(known, key=len, reverse=True):
        if len(value) >= _KNOWN_MIN:
            text = text.replace(value, "[redacted: known]")
    text = _TOKENS.sub(lambda m: f"[redacted: {m.lastgroup}]", text)
    text = _ASSIGNED.sub(lambda m: m[0] if "[redacted" in m[2] else f"{m[1]}[redacted: assigned]", text)
    return Redacted(text, seal=SEAL)
