"""How `triage` answers: in the terminal, as JSON, as the post it would make, or as a report to post."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gatepost import outputs, report
from gatepost.errors import ConfigError
from gatepost.flows._wiring import in_actions
from gatepost.pipeline import Explained
from gatepost.posts.render import render
from gatepost.posts.terminal import Terminal
from gatepost.safety.runner import log_text

_WIDEST = 110
_IN_A_LOG = 100


def answer(explained: Explained, args: argparse.Namespace, env: Mapping[str, str]) -> None:
    """Say it where it was asked for; inside Actions also in the job summary and the step's outputs."""
    made = report.build(explained.dossier, explained.analysis)
    if args.report:
        _write(args.report, report.dump(made))
    if in_actions(env):
        _tell_actions(explained, made, args.report, env)
    if args.json:
        sys.stdout.write(report.dump(made).decode() + "\n")
    elif args.dry_run:
        post = render(made, signal=explained.dossier.signal)
        sys.stdout.write(f"# {post.title}\n\n{post.body}\n")
    else:
        sys.stdout.write(_for_people(explained, env))


def _tell_actions(explained: Explained, made: report.Report, path: str, env: Mapping[str, str]) -> None:
    post = render(made, signal=explained.dossier.signal)
    outputs.write_summary(post.body, env=env)
    outputs.set_output("failures", ",".join(failure.value for failure in post.failures), env=env)
    if path:
        outputs.set_output("report", path, env=env)


def _for_people(explained: Explained, env: Mapping[str, str]) -> str:
    terminal = Terminal(width=_IN_A_LOG)
    if in_actions(env):
        return log_text(terminal.render(explained.dossier, explained.analysis))
    if sys.stdout.isatty():
        width = min(shutil.get_terminal_size().columns, _WIDEST)
        terminal = replace(terminal, width=width, colour=not env.get("NO_COLOR"))
    return terminal.render(explained.dossier, explained.analysis)


def _write(name: str, data: bytes) -> None:
    try:
        Path(name).write_bytes(data)
    except OSError as error:
        raise ConfigError(
            f"the report cannot be written to {name}: {(error.strerror or str(error)).lower()}",
            fix="pass a path in a folder that exists and is writable",
        ) from error
