"""The nouns of delivery: gates make verdicts of findings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is, worst last."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a gate noticed."""

    rule: str
    """Stable identifier, `<gate or tool>/<slug>`; users silence findings by it."""

    level: Level

    message: str
    """One sentence, with the measured value and the limit it broke."""

    path: str = ""
    """Relative to the repository root, with forward slashes; empty when no file is meant."""

    line: int = 0
    """1-based; 0 when no line is meant."""

    tools: tuple[str, ...] = ()
    """Who noticed it; more than one when several tools found the same flaw."""

    help_url: str = ""

    cwe: int = 0
    """Number in the Common Weakness Enumeration; 0 when none is known."""

    fingerprint: str = ""
    """Hex; recognises the finding again when lines have moved. Empty when nothing can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a gate decided."""

    gate: str
    findings: tuple[Finding, ...] = ()

    facts: tuple[tuple[str, str], ...] = ()
    """Named outputs of the gate, such as `digest` or `model-version`, in the order to show them."""

    @property
    def passed(self) -> bool:
        """Whether delivery may go on. Only `Level.ERROR` stops it."""
        return not any(f.level is Level.ERROR for f in self.findings)
