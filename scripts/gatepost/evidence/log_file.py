"""A log that a person hands over, as evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from gatepost.config import Budget
from gatepost.evidence.log import Job, read_log
from gatepost.model import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """Collects one open log."""

    log: BinaryIO
    title: str
    """How to call it, such as the file's name."""

    budget: Budget
    passing: BinaryIO | None = None
    known: Collection[str] = ()
    name: str = "log"

    def collect(self) -> Iterable[Evidence]:
        """Read it to its end, once."""
        job = Job(name=self.title, source=self.title)
        yield read_log(self.log, job=job, budget=self.budget, passing=self.passing, known=self.known)
