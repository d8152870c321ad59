"""The `redact` verb: a filter that takes secrets out of text."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from gatepost.errors import ConfigError
from gatepost.safety import redact_stream


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's own arguments."""
    parser.add_argument(
        "--known-env",
        action="append",
        default=[],
        metavar="NAME",
        help="also remove the value of this environment variable, in any encoding; may be repeated",
    )


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Filter standard input to standard output."""
    missing = [name for name in args.known_env if name not in env]
    if missing:
        raise ConfigError(
            f"--known-env names {', '.join(missing)}, which the environment does not hold",
            fix="set the variable for this step, or leave the option out",
        )
    redact_stream(sys.stdin.buffer, sys.stdout.buffer, known=[env[name] for name in args.known_env])
    return 0
