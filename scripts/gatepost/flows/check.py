"""`gatepost check`: lint and test a repository."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from gatepost.flows import _verdict
from gatepost.flows._gate import number, progress_line, root_of
from gatepost.gates.check import check
from gatepost.gates.environment import foreign


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where the repository is, and its limits."""
    parser.add_argument("path", nargs="?", default="", help="the repository (default: here)")
    parser.add_argument(
        "--reports", metavar="DIR", default="", help="where JUnit and coverage go (default: reports)"
    )
    parser.add_argument("--min-coverage", metavar="PERCENT", default="", help="stop below this coverage")
    parser.add_argument("--timeout", metavar="SECONDS", default="", help="for the tests (default: 1800)")
    _verdict.add_arguments(parser)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Lint and test; exit code 1 when either found something."""
    root = root_of(args.path, env)
    reports = Path(args.reports or env.get("GATEPOST_REPORTS") or root / "reports")
    checked = check(
        root,
        reports=reports.resolve(),
        env=foreign(env),
        timeout_s=number(
            args.timeout or env.get("GATEPOST_TIMEOUT", ""), name="timeout", default=1800, least=1
        ),
        on_line=progress_line,
    )
    least = number(
        args.min_coverage or env.get("GATEPOST_MIN_COVERAGE", ""), name="min-coverage", default=0, most=100
    )
    return _verdict.tell(checked.judge(min_coverage=least), args, env)
