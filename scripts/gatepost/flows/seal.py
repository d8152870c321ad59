"""`gatepost seal`: digest a folder before it travels, or check it where it arrives."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from gatepost import outputs
from gatepost.flows._gate import root_of
from gatepost.gates.seal import check_seal, seal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder, and what it should be."""
    parser.add_argument("path", nargs="?", default="", help="the folder (default: here)")
    parser.add_argument("--expect", metavar="SHA256", default="", help="refuse any other seal")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print the seal. Raises `RefusedError` when another one was expected."""
    folder = root_of(args.path, env)
    expected = args.expect or env.get("GATEPOST_EXPECT", "")
    found = check_seal(folder, expected) if expected else seal(folder)
    outputs.set_output("seal", found, env=env)
    sys.stdout.write(f"{found}\n")
    return 0
