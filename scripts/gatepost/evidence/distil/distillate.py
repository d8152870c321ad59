"""What distilling a log yields: the chosen lines, and the facts seen on the way."""

from __future__ import annotations

from dataclasses import dataclass

from gatepost.model import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """One line of the log that was chosen."""

    number: int
    """1-based, counting `\\n` alone: a CR, a form feed or a record separator stays inside its line."""

    text: str
    """Without escapes, byte order mark and time stamp; ends in a marker when clipped. Untrusted."""

    score: float
    """How strongly it states a cause; comparable within one log only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A tool whose way of reporting a failure was seen."""

    tool: str
    """Lower case, such as `pytest` or `trivy`."""

    lines: tuple[int, ...]
    """1-based numbers of the first lines that gave it away, in reading order; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distillate:
    """The few lines of one log that state the cause, best first, and what its structure told."""

    lines: tuple[KeptLine, ...]
    """Best first. Empty when the log is."""

    total_lines: int
    """Lines of the whole log, blank ones included; a last line without a newline counts."""

    steps: tuple[str, ...] = ()
    """Names of the steps or commands that failed, in the order met. Untrusted."""

    exit_codes: tuple[int, ...] = ()
    """Non-zero codes that commands were reported to end with, in the order met, each once."""

    tools: tuple[Recognised, ...] = ()
    """Most failing lines first."""

    places: tuple[Place, ...] = ()
    """Files and lines the chosen lines name, best first, each once. Untrusted: never opened from here."""

    duration_s: float | None = None
    """From the first to the last time stamp; `None` when the log has none."""

    truncated: bool = False
    """Whether the log itself says, or shows, that its end is missing."""

    cancelled: bool = False
    """Whether the runner reported that the run was cancelled or shut down."""

    timed_out: bool = False
    """Whether a command, step or job was reported to run out of time."""

    binary: bool = False
    """Whether it is no text at all, but data such as an archive or a program."""

    @property
    def empty(self) -> bool:
        """Whether nothing readable was in the log."""
        return not self.lines

    @property
    def dropped_lines(self) -> int:
        """Lines of the log that were not chosen."""
        return self.total_lines - len(self.lines)

    @property
    def in_reading_order(self) -> tuple[KeptLine, ...]:
        """The chosen lines as they stand in the log."""
        return tuple(sorted(self.lines, key=lambda line: line.number))
