"""The nouns of what was gathered about a signal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gatepost.safety.types import Redacted


class EvidenceKind(StrEnum):
    """Where a piece of evidence comes from, most direct first."""

    REPORT = "report"
    """A machine report: JUnit, SARIF, check annotations."""
    LOG = "log"
    SOURCE = "source"
    CHANGES = "changes"
    HISTORY = "history"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location in the repository that the evidence names."""

    path: str
    line: int = 0
    """1-based; 0 for the whole file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one job's log and the API say about the failure besides the text; already redacted."""

    step: str = ""
    """Name of the step that failed; empty when none is known. Untrusted: it is written in a workflow file."""

    conclusion: str = ""
    """The job's conclusion as GitHub words it: `failure`, `cancelled`, `timed_out`, `startup_failure`."""

    exit_codes: tuple[int, ...] = ()
    """Exit codes the log states, in order; the last one stopped the step."""

    tools: tuple[str, ...] = ()
    """Grammars recognised in the log, most telling first: `pytest`, `maven`, `trivy`."""

    places: tuple[Place, ...] = ()
    """Locations the log names, best first, as paths below the repository's root; each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Text collected about a signal, redacted and cut to size."""

    name: str
    """Short and unique within one signal, so that an analysis can cite it: `log:test (3.11)`."""

    kind: EvidenceKind

    body: Redacted
    """May be empty when `note` says why there is nothing."""

    source: str
    """Where a person can read the original: a URL or a path."""

    line_numbers: tuple[int, ...] = ()
    """1-based number in the original of each line of `body`; empty when lines do not map."""

    dropped_lines: int = 0
    """Lines cut to fit the budget. Zero means that `body` is complete."""

    note: str = ""
    """One sentence on what is missing or partial, in our own words; empty when nothing is."""

    subject: str = ""
    """What it is about, such as the job's name; evidence with one subject belongs together."""

    alike: tuple[str, ...] = ()
    """Other subjects whose own original says the same, shown once here: the rest of a matrix, say."""

    facts: Facts | None = None
    """Set on the log of a failed job."""
