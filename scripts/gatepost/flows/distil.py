"""The `distil` verb: the lines of a log that state the cause."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from gatepost.errors import ConfigError
from gatepost.evidence.distil import Distillate, distil
from gatepost.safety import redact
from gatepost.safety.runner import log_text

GAP = "\u22ee"
MARK = "\u2192"

BEST = 3
"""Lines marked as the best ones, for a reader who wants only those."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare a log, and how much to keep of it."""
    parser.add_argument("log", help="a log file, or - for standard input")
    parser.add_argument("--passing", metavar="LOG", help="a log of the same job that passed")
    parser.add_argument("--lines", type=int, default=60, help="keep at most this many lines (default: 60)")
    parser.add_argument(
        "--bytes", type=int, default=8192, help="and at most this many bytes of text (default: 8192)"
    )
    parser.add_argument("--json", action="store_true", help="print the line numbers, best first, as JSON")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print the chosen lines."""
    del env
    for name, least in (("lines", 1), ("bytes", 256)):
        if (value := getattr(args, name)) < least:
            raise ConfigError(f"--{name} is {value}", fix=f"pass {least} or more")
    if args.log == args.passing == "-":
        raise ConfigError("both logs are standard input", fix="give one of them as a file")
    with ExitStack() as stack:
        passing = _open(args.passing, stack) if args.passing else None
        found = distil(
            _open(args.log, stack),
            passing=passing,
            max_lines=args.lines,
            max_bytes=args.bytes,
            redact=redact,
        )
    if args.json:
        sys.stdout.write(json.dumps({"lines": [line.number for line in found.lines]}) + "\n")
    else:
        sys.stdout.buffer.write(log_text(render(found)).encode("utf-8", "replace"))
    return 0


def render(found: Distillate) -> str:
    """Lay the chosen lines out for people: in reading order, with numbers, the best marked, gaps shown."""
    if found.total_lines == 0:
        return "The log is empty.\n"
    if found.empty:
        return f"No line of the log's {found.total_lines:,} states a cause.\n"
    width = len(str(found.total_lines))
    best = {line.number for line in found.lines[:BEST]}
    rows = [_summary(found), ""]
    last = 0
    for line in found.in_reading_order:
        if line.number > last + 1:
            rows.append(f"  {GAP:>{width}}")
        last = line.number
        mark = MARK if line.number in best else " "
        rows.append(f"{mark} {line.number:>{width}}  {line.text}".rstrip())
    if found.total_lines > last:
        rows.append(f"  {GAP:>{width}}")
    return "\n".join([*rows, *_notes(found)]) + "\n"


def _summary(found: Distillate) -> str:
    parts = [f"{len(found.lines)} of {found.total_lines:,} lines"]
    parts += [f"failed: {redact(step)}" for step in found.steps[:BEST]]
    if found.exit_codes:
        parts.append("exit code " + ", ".join(str(code) for code in found.exit_codes[:BEST]))
    if found.tools:
        parts.append("seen: " + ", ".join(tool.tool for tool in found.tools[:BEST]))
    return " \u00b7 ".join(parts)


def _notes(found: Distillate) -> list[str]:
    odd = {
        "The log says that its end is missing.": found.truncated,
        "This is binary data, not text.": found.binary,
        "The run was cancelled.": found.cancelled,
        "Something ran out of time.": found.timed_out,
    }
    said = [sentence for sentence, holds in odd.items() if holds]
    return ["", *said] if said else []


def _open(name: str, stack: ExitStack) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(name).open("rb"))
    except OSError as error:
        raise ConfigError(f"{name} cannot be read: {error.strerror}", fix="pass a log file, or -") from error
