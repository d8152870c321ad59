"""What gatepost said about a failure before, as its own posts carry it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gatepost.model import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A model's reading of one failure, paid for once. Redacted and sanitised again before it is shown."""

    cause: Cause
    """Its words and its fingerprint; without quotes, which belong to the run they came from."""

    author: str
    """The model that wrote it."""

    at: datetime
    """When it was written; it ages from here however often it is shown again."""
