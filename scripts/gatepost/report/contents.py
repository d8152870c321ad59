"""What a report holds, and how one is made."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gatepost.dossier import Dossier
from gatepost.errors import RefusedError
from gatepost.model import Analysis, Evidence, Run
from gatepost.safety import redact

MOST_CAUSES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An analysis and what it was made from, without the evidence itself."""

    analysis: Analysis
    sources: tuple[Evidence, ...]
    """Every piece of evidence with an empty body: its name, its link, what was cut or missing."""

    repository: str = ""
    """`owner/name` of the run, or empty for a log file. Checked against the poster's own event."""

    run_id: int = 0
    attempt: int = 0

    def refuse_unless(self, *, repository: str, run_id: int) -> None:
        """Raise `RefusedError` when the report speaks of another run than the one to post about."""
        if (self.repository, self.run_id) != (repository, run_id):
            raise RefusedError(
                f"the report is about run {self.run_id} of {self.repository or 'no repository'!r}, "
                f"not run {run_id} of {repository!r}",
                fix="post the report in a job that follows the run it was made for",
            )


def build(dossier: Dossier, analysis: Analysis) -> Report:
    """Make a report of what was found; what exceeds its bounds is cut, with a note."""
    signal = dossier.signal
    run = signal if isinstance(signal, Run) else None
    blank = redact("")
    return Report(
        analysis=_bounded(analysis),
        sources=tuple(replace(e, body=blank, line_numbers=(), facts=None) for e in dossier.evidence),
        repository=signal.repository,
        run_id=run.run_id if run else 0,
        attempt=run.attempt if run else 0,
    )


def _bounded(analysis: Analysis) -> Analysis:
    left = len(analysis.causes) - MOST_CAUSES
    notes = (*analysis.notes, f"{left} further causes are not shown.") if left > 0 else analysis.notes
    return replace(analysis, causes=analysis.causes[:MOST_CAUSES], notes=notes)
