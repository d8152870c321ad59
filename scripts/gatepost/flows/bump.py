"""`gatepost bump`: change one value in one YAML file, and not one other byte."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from gatepost.errors import ConfigError
from gatepost.manifests.files import bump


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `FILE DOC KEY_JSON NEW`."""
    parser.add_argument("file", type=Path, help="the YAML file, edited in place")
    parser.add_argument("doc", help="which document of the file, counted from 0")
    parser.add_argument("key", help='path to the value as JSON, such as ["spec","containers",0,"image"]')
    parser.add_argument("new", help="the new value")
    parser.add_argument("--number", action="store_true", help="write a whole number instead of text")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:  # noqa: ARG001 - every verb has this shape
    """Edit the file. Nothing is written unless reading the result back gave exactly the wanted change."""
    if not args.doc.isdecimal():
        raise ConfigError(f"DOC is {args.doc!r}, not a number", fix="count documents from 0")
    bump(args.file, doc=int(args.doc), key=_key(args.key), new=_value(args))
    return 0


def _key(text: str) -> list[str | int]:
    try:
        key = json.loads(text)
    except ValueError:
        key = None
    if not isinstance(key, list) or not all(isinstance(p, (str, int)) and p is not True for p in key):
        raise ConfigError(
            f"KEY_JSON is {text!r}, not a list of names and positions",
            fix='write it like ["spec","template","spec","containers",0,"image"]',
        )
    return key


def _value(args: argparse.Namespace) -> str | int:
    if not args.number:
        return str(args.new)
    if not args.new.isdecimal():
        raise ConfigError(f"NEW is {args.new!r}, not a whole number", fix="leave out --number to write text")
    return int(args.new)
