"""`gatepost triage`: explain a failed run, or a log file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from gatepost.errors import ConfigError
from gatepost.flows._answer import answer
from gatepost.flows._explain import Wiring, explain_file, explain_run
from gatepost.flows._settings import Settings, local_settings, model_analyst, repository_settings
from gatepost.flows._wiring import (
    Progress,
    in_actions,
    open_hub,
    secrets_of,
    server_of,
)
from gatepost.pipeline import Explained
from gatepost.report.earlier import Earlier
from gatepost.report.marker import fresh, window
from gatepost.signals.address import Told, from_event, from_link, from_run_id
from gatepost.signals.run import read_run


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
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the answer as JSON")
    form.add_argument("--dry-run", action="store_true", help="print the post that would be made")
    parser.add_argument(
        "--report", metavar="FILE", default="", help="write the report that `gatepost post` takes"
    )
    parser.add_argument("--config", metavar="FILE", default="", help="settings (default: .gatepost.yml)")
    parser.add_argument("--model", metavar="NAME", default="", help="the Gemini model to ask")
    parser.add_argument("--no-model", action="store_true", help="let the rules answer, though there is a key")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """
    Explain it. The exit code is 0 whatever failed: the run is red already.

    A fault in the settings is raised last, when all there is to say has been said.
    """
    progress = Progress(sys.stderr)
    try:
        meant = None if _is_file(args.source) else _meant(args.source, env)
        if meant and meant.run and meant.run.conclusion == "success":
            # Woken by a green run, as one is that does not choose: there is `gatepost post` for its end.
            sys.stdout.write(f"Run {meant.run.id} passed: nothing to explain.\n")
            return 0
        explained, settings = _explained(meant, args, env, progress)
    finally:
        progress.end()
    answer(explained, args, env)
    if settings.problem:
        raise settings.problem
    return 0


def _explained(
    meant: Told | None, args: argparse.Namespace, env: Mapping[str, str], progress: Progress
) -> tuple[Explained, Settings]:
    named = args.config or env.get("GATEPOST_CONFIG", "")
    if meant is None:
        settings = local_settings(named, env)
        wiring = wired(settings, args, env, progress)
        return explain_file(args.source, passing=args.passing, at=datetime.now(UTC), wiring=wiring), settings
    if args.passing:
        raise ConfigError(
            "--passing goes with a log file", fix="for a run, the passing log is found by itself"
        )
    hub = open_hub(env, repository=meant.address.repository, server=meant.address.server)
    progress.say(f"reading run {meant.address.run_id}")
    with ThreadPoolExecutor(max_workers=1) as pool:
        # In a workflow this folder may be a checkout of the very commit that failed: it is not asked.
        if named or not in_actions(env):
            asked = pool.submit(local_settings, named, env)
        else:
            asked = pool.submit(repository_settings, hub, env)
        reading = read_run(hub, meant.address, payload=meant.run, default_branch=meant.default_branch)
        settings = asked.result()
    wiring = wired(settings, args, env, progress)
    return explain_run(hub, reading, meant.address, server_url=server_of(env), wiring=wiring), settings


def wired(settings: Settings, args: argparse.Namespace, env: Mapping[str, str], progress: Progress) -> Wiring:
    """Put together what both doors need."""
    chosen = (env.get(name, "") for name in settings.config.secrets)
    since = window(datetime.now(UTC), days=settings.config.reuse_days)
    earlier: dict[str, Earlier] = {}  # filled while the evidence is gathered, read when the model is asked
    return Wiring(
        config=settings.config,
        known=secrets_of(env) | {value for value in chosen if value},
        progress=progress,
        model=None if args.no_model else model_analyst(settings, env, name=args.model, earlier=earlier),
        notes=settings.notes,
        remember=lambda markers: earlier.update(fresh(markers, since=since)),
    )


def _is_file(source: str) -> bool:
    """Whether a log is meant; an address pasted without its scheme is none, unless there is such a file."""
    if source.startswith(("https://", "http://")):
        return False
    return bool(source) and not ("/actions/runs/" in source and not Path(source).exists())


def _meant(link: str, env: Mapping[str, str]) -> Told:
    if link:
        return Told(address=from_link(link if "://" in link else f"https://{link}"))
    repository = env.get("GITHUB_REPOSITORY", "")
    if run_id := env.get("GATEPOST_RUN_ID", "").strip():
        return Told(address=from_run_id(run_id, repository=repository))
    if in_actions(env) and (event := env.get("GITHUB_EVENT_PATH")):
        return from_event(Path(event).read_bytes(), repository=repository)
    raise ConfigError(
        "nothing to explain", fix="pass a log file, - for standard input, or the address of a run"
    )
