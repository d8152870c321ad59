"""Step outputs, summaries and annotations: the one place that writes GitHub's file commands."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from gatepost.model import Level
from gatepost.safety.runner import file_command, log_text, workflow_command
from gatepost.safety.sanitise import shorten
from gatepost.safety.types import SafeMarkdown

SUMMARY_LIMIT_BYTES = 1024 * 1024
"""GitHub drops a step's summary whole above 1 MiB."""

ANNOTATIONS_PER_STEP = 10
"""Of one level; GitHub ignores the rest."""

# Room for the sentence that says what was cut; with less, nothing is written.
_LEAST_BYTES = 200
_COMMANDS = {Level.NOTE: "notice", Level.WARNING: "warning", Level.ERROR: "error"}

# One process is one step, so the count lives as long as the process.
_annotated: Counter[Level] = Counter()


def set_output(name: str, value: str, *, env: Mapping[str, str] = os.environ) -> None:
    """
    Set a step output; outside GitHub Actions, do nothing.

    `value` may be untrusted and have many lines. Raises `ConfigError` for an illegal `name`.
    """
    entry = file_command(name, value)
    if path := env.get("GITHUB_OUTPUT"):
        with Path(path).open("ab") as file:
            file.write(entry.encode())


def write_summary(markdown: SafeMarkdown, *, env: Mapping[str, str] = os.environ) -> None:
    """
    Append `markdown` to the job summary; outside GitHub Actions, do nothing.

    What would take the step's summary over `SUMMARY_LIMIT_BYTES` is cut at a line, and said.
    """
    if not isinstance(markdown, SafeMarkdown):
        raise TypeError(f"a summary is SafeMarkdown, not {type(markdown).__name__}")
    if not (path := env.get("GITHUB_STEP_SUMMARY")):
        return
    file = Path(path)
    room = SUMMARY_LIMIT_BYTES - (file.stat().st_size if file.exists() else 0)
    if room >= _LEAST_BYTES:
        with file.open("ab") as out:
            out.write(shorten(markdown, max_bytes=room - 1).encode() + b"\n")


def annotate(
    level: Level,
    message: str,
    *,
    path: str = "",
    line: int = 0,
    title: str = "",
    env: Mapping[str, str] = os.environ,
) -> bool:
    """
    Pin `message` to the run, and to a line of a file where one is given.

    Outside GitHub Actions it is printed for people. Returns False for what was not shown because
    `ANNOTATIONS_PER_STEP` of this level were: say so in the summary.
    """
    if env.get("GITHUB_ACTIONS") != "true":
        place = f"{path}:{line}: " if path and line else f"{path}: " if path else ""
        log_line(f"{level.value}: {place}{f'{title}: ' if title else ''}{message}")
        return True
    if _annotated[level] >= ANNOTATIONS_PER_STEP:
        return False
    _annotated[level] += 1
    where = {"file": path, "line": str(line) if line else "", "title": title}
    _print(workflow_command(_COMMANDS[level], message, **where))
    return True


def log_line(text: str) -> None:
    """Print `text`, which may be untrusted, so that the runner takes no line of it for a command."""
    _print(log_text(text))


def _print(text: str) -> None:
    # Standard output is for data; the runner reads both streams.
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
