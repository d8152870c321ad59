"""`gatepost sanitise`: markdown from stdin to stdout, so that it cannot act once posted."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping

from gatepost.errors import ConfigError
from gatepost.safety import sanitise

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's own arguments."""
    parser.add_argument(
        "--repo",
        metavar="OWNER/NAME",
        help="repository whose links may stay (default: $GITHUB_REPOSITORY)",
    )


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Filter stdin to stdout."""
    repository = args.repo or env.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository):
        raise ConfigError(
            f"the repository is {repository!r}, not of the form owner/name",
            fix="pass `--repo owner/name`, or set GITHUB_REPOSITORY",
        )
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    server = env.get("GITHUB_SERVER_URL") or "https://github.com"
    sys.stdout.buffer.write(sanitise(text, repository=repository, server=server).encode())
    sys.stdout.buffer.flush()
    return 0
