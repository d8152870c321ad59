"""`gatepost triage`: explain a failed run, or a log file."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from gatepost import config, report
from gatepost.config import Config
from gatepost.errors import ConfigError
from gatepost.flows._explain import Wiring, explain_file, explain_run
from gatepost.flows._wiring import Progress, in_actions, open_hub, secrets_of, server_of
from gatepost.pipeline import Explained
from gatepost.posts.terminal import Terminal
from gatepost.signals import address
from gatepost.signals.run import read_run

_WIDEST = 110


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to explain, and how to say it."""
    parser.add_argument(
        "source",
        nargs="?",
        default="",
        metavar="LOG|URL",
        help="a log file, - for standard input, or the address of a run, an attempt or a job; "
        "in a workflow the run that triggered it",
    )
    parser.add_argument("--passing", metavar="LOG", default="", help="a log of the same job that passed")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("--config", metavar="FILE", default="", help="settings (default: .gatepost.yml)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Explain it. The exit code is 0 whatever failed: the run is red already."""
    explained = _explained(args, env)
    if args.json:
        told = report.dump(report.build(explained.dossier, explained.analysis))
        sys.stdout.write(told.decode() + "\n")
    else:
        colour = sys.stdout.isatty() and not env.get("NO_COLOR")
        terminal = Terminal(width=min(shutil.get_terminal_size().columns, _WIDEST), colour=colour)
        sys.stdout.write(terminal.render(explained.dossier, explained.analysis))
    return 0


def _explained(args: argparse.Namespace, env: Mapping[str, str]) -> Explained:
    wiring = Wiring(config=_config(args, env), known=secrets_of(env), progress=Progress(sys.stderr))
    link = args.source.startswith(("https://", "http://"))
    if args.source and not link:
        return explain_file(args.source, passing=args.passing, at=datetime.now(UTC), wiring=wiring)
    if args.passing:
        raise ConfigError(
            "--passing goes with a log file", fix="for a run, the passing log is found by itself"
        )
    meant = _address(args.source, env)
    hub = open_hub(env, repository=meant.repository, server=meant.server)
    wiring.progress.say(f"reading run {meant.run_id}")
    reading = read_run(hub, meant)
    return explain_run(hub, reading, meant, server_url=server_of(env), wiring=wiring)


def _address(link: str, env: Mapping[str, str]) -> address.Address:
    if link:
        return address.from_link(link)
    repository = env.get("GITHUB_REPOSITORY", "")
    if run_id := env.get("GATEPOST_RUN_ID", "").strip():
        return address.from_run_id(run_id, repository=repository)
    if in_actions(env) and (event := env.get("GITHUB_EVENT_PATH")):
        return address.from_event(Path(event).read_bytes(), repository=repository).address
    raise ConfigError(
        "nothing to explain", fix="pass a log file, - for standard input, or the address of a run"
    )


def _config(args: argparse.Namespace, env: Mapping[str, str]) -> Config:
    if not args.config:
        return config.read(Path(), env=env)
    try:
        return config.parse(Path(args.config).read_bytes(), env=env, name=args.config)
    except OSError as error:
        raise ConfigError(
            f"{args.config} cannot be read: {error.strerror}", fix="pass a readable file"
        ) from error
