"""`gatepost promote`: make the version that was decided on the champion."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from gatepost import outputs
from gatepost.clients.mlflow import CHALLENGER, CHAMPION
from gatepost.config import contract as contracts
from gatepost.errors import ConfigError, RefusedError
from gatepost.flows._gate import root_of
from gatepost.flows._registry import open_registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the version, and a person's word against the recorded decision."""
    parser.add_argument("path", nargs="?", default="", help="the repository (default: here)")
    parser.add_argument("--version", metavar="N", default="", help="the version (default: challenger)")
    parser.add_argument(
        "--because", metavar="REASON", default="", help="promote although the gate did not decide so"
    )


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Move the alias `champion`. Raises `RefusedError` without a recorded decision or a person's reason."""
    root = root_of(args.path, env)
    model = contracts.read(root).model
    registry = open_registry(root, env)
    number = args.version or env.get("GATEPOST_MODEL_VERSION", "")
    version = registry.version(model, number) if number else registry.alias(model, CHALLENGER)
    if version is None:
        raise ConfigError(
            f"the registry has no version {number or CHALLENGER!r} of {model!r}", fix="train one first"
        )
    because = args.because or env.get("GATEPOST_BECAUSE", "")
    if version.tags.get("gatepost.decision") != "promote" and not because:
        raise RefusedError(
            f"version {version.number} of {model} was not decided for: "
            f"{version.tags.get('gatepost.reason', 'it was never validated')}",
            fix="run `gatepost validate`, or give your own reason with --because, which is recorded",
        )
    before = registry.alias(model, CHAMPION)
    registry.point(version, CHAMPION)
    tags = {
        "gatepost.promoted_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "gatepost.promoted_over": before.number if before else "",
        "gatepost.promoted_by": env.get("GITHUB_ACTOR", "") or env.get("USER", ""),
    }
    registry.record(version, tags | ({"gatepost.because": because} if because else {}))
    outputs.set_output("champion", version.number, env=env)
    sys.stdout.write(f"version {version.number} of {model} is the champion\n")
    return 0
