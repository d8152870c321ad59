"""`gatepost triage`: explain a failed run, or a log file."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from gatepost import report
from gatepost.analysis.rules import Rules
from gatepost.errors import ConfigError
from gatepost.evidence.log import Budget
from gatepost.evidence.log_file import LogFile
from gatepost.flows._wiring import secrets_of
from gatepost.pipeline import Explained, explain
from gatepost.posts.terminal import Terminal
from gatepost.signals.file import from_log


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to explain, and how to say it."""
    parser.add_argument(
        "source", nargs="?", default="", metavar="LOG|URL", help="a log file, - or a run's address"
    )
    parser.add_argument("--passing", metavar="LOG", help="a log of the same job that passed")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Explain it. The exit code is 0 whatever failed: the run is red already."""
    with ExitStack() as stack:
        explained = explain_file(args, env, stack)
    if args.json:
        sys.stdout.write(report.dump(report.build(explained.dossier, explained.analysis)).decode() + "\n")
    else:
        colour = sys.stdout.isatty() and not env.get("NO_COLOR")
        width = min(shutil.get_terminal_size().columns, 110)
        sys.stdout.write(Terminal(width=width, colour=colour).render(explained.dossier, explained.analysis))
    return 0


def explain_file(args: argparse.Namespace, env: Mapping[str, str], stack: ExitStack) -> Explained:
    """Explain one log that lies on disk, or comes through a pipe."""
    log = _open(args.source, stack)
    passing = _open(args.passing, stack) if args.passing else None
    title = Path(args.source).name if args.source != "-" else "standard input"
    collector = LogFile(log=log, title=title, budget=Budget(), passing=passing, known=secrets_of(env))

    signal = from_log(args.source, at=datetime.now(UTC))
    return explain(signal, collectors=[collector], rules=Rules(), model=None, budget_bytes=64 * 1024)


def _open(name: str, stack: ExitStack) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(name).open("rb"))
    except OSError as error:
        raise ConfigError(f"{name} cannot be read: {error.strerror}", fix="pass a log file, or -") from error
