"""A log that a person hands over, as a signal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gatepost.model import Signal
from gatepost.safety import redact


def from_log(name: str, *, at: datetime) -> Signal:
    """Make a signal of a log file; `-` is standard input."""
    subject = "standard input" if name == "-" else str(redact(Path(name).name))
    return Signal(kind="ci-failure", subject=subject, url="", at=at)
