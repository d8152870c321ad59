"""Redaction: known values, provider tokens, private keys, and values that their context gives away."""

from __future__ import annotations

from collections.abc import Collection

from gatepost.safety.redaction.stream import Redactor, redact_stream
from gatepost.safety.types import SEAL, Redacted

__all__ = ["redact", "redact_stream"]


def redact(text: str, *, known: Collection[str] = ()) -> Redacted:
    """
    Return `text` with each secret replaced by `[redacted: <kind>]`, line for line.

    `known` holds values to remove wherever and however encoded they appear; those shorter than
    four characters are left, as they would blank ordinary words.
    """
    redactor = Redactor(known)
    return Redacted(redactor.feed(text) + redactor.close(), seal=SEAL)
