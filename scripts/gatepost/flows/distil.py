"""`gatepost distil`: the lines of a log that state the cause."""

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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare a log, and how much to keep of it."""
    parser.add_argument("log", help="a log file, or - for standard input")
    parser.add_argument("--passing", metavar="LOG", help="a log of the same job that passed")
    parser.add_argument("--lines", type=int, default=60, help="keep at most this many lines (default: 60)")
    parser.add_argument("--json", action="store_true", help="print the line numbers, best first, as JSON")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print the chosen lines."""
    del env
    if args.lines < 1:
        raise ConfigError(f"--lines is {args.lines}", fix="pass 1 or more")
    with ExitStack() as stack:
        passing = _open(args.passing, stack) if args.passing else None
        found = distil(_open(args.log, stack), passing=passing, max_lines=args.lines)
    if args.json:
        sys.stdout.write(json.dumps({"lines": [line.number for line in found.lines]}) + "\n")
    else:
        sys.stdout.write(render(found))
    return 0


def render(found: Distillate) -> str:
    """Lay the chosen lines out for people: in reading order, with numbers, gaps shown."""
    width = len(str(found.total_lines))
    rows = [f"{line.number:>{width}}  {line.text}" for line in found.in_reading_order]
    return "\n".join(rows) + "\n"


def _open(name: str, stack: ExitStack) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(name).open("rb"))
    except OSError as error:
        raise ConfigError(f"{name} cannot be read: {error.strerror}", fix="pass a log file, or -") from error
