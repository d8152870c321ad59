"""`gatepost post`: post a report that `triage` wrote, or mark what a green run resolves."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from gatepost import outputs, report
from gatepost.errors import ConfigError
from gatepost.flows._posting import Desk, post_report, resolve
from gatepost.flows._settings import local_settings, repository_settings
from gatepost.flows._wiring import in_actions, open_hub
from gatepost.posts.render import render
from gatepost.report import Report
from gatepost.report.wire import MOST_BYTES
from gatepost.signals.address import Told, from_event, from_run_id
from gatepost.signals.run import read_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the report and what to do with it."""
    parser.add_argument(
        "report",
        nargs="?",
        default="",
        metavar="REPORT",
        help="what `gatepost triage --report` wrote; left out, the run's own success is told",
    )
    parser.add_argument("--dry-run", action="store_true", help="print the post, write nothing")
    parser.add_argument(
        "--config", metavar="FILE", default="", help="settings (default: of the default branch)"
    )


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """
    Post about the run of this job's own event; the report decides no target.

    The exit code is 0 when at least one place was written or none was wanted.
    """
    path = args.report or env.get("GATEPOST_REPORT", "")
    made = report.load(_bytes(path)) if path else None
    meant = _meant(made, args, env)
    if made:
        made.refuse_unless(repository=meant.address.repository, run_id=meant.address.run_id)
    hub = open_hub(env, repository=meant.address.repository)
    reading = read_run(hub, meant.address, payload=meant.run, default_branch=meant.default_branch)
    if made and args.dry_run:
        post = render(made, signal=reading.signal)
        sys.stdout.write(f"# {post.title}\n\n{post.body}\n")
        return 0
    name = args.config or env.get("GATEPOST_CONFIG", "")
    settings = local_settings(name, env) if name else repository_settings(hub, env)
    desk = Desk(
        hub=hub,
        run=reading.signal,
        workflow_id=reading.payload.workflow_id,
        config=settings.config,
        webhook=env.get("GATEPOST_SLACK_WEBHOOK", "").strip(),
        at=datetime.now(UTC),
    )
    links = _told(made, desk)
    for link in links:
        sys.stdout.write(f"{link}\n")
    outputs.set_output("posted-url", links[0] if links else "", env=env)
    if settings.problem:
        raise settings.problem
    return 0


def _told(made: Report | None, desk: Desk) -> list[str]:
    """Post the report, or what a green run resolves; a run that is neither needs a report."""
    if made:
        return post_report(made, desk)
    if desk.run.passed:
        return resolve(desk)
    raise ConfigError(
        f"run {desk.run.run_id} ended as {desk.run.conclusion!r} and there is no report about it",
        fix="run `gatepost triage --report FILE` first, and pass FILE",
    )


def _meant(made: Report | None, args: argparse.Namespace, env: Mapping[str, str]) -> Told:
    """Find the run this job is about: by its event or input, never by what the report says."""
    repository = env.get("GITHUB_REPOSITORY", "")
    if run_id := env.get("GATEPOST_RUN_ID", "").strip():
        return Told(address=from_run_id(run_id, repository=repository))
    if in_actions(env) and (event := env.get("GITHUB_EVENT_PATH")):
        return from_event(Path(event).read_bytes(), repository=repository)
    if made and args.dry_run:
        return Told(address=from_run_id(str(made.run_id), repository=made.repository))
    raise ConfigError(
        "it is not said which run to post about",
        fix="run it in a workflow started by `workflow_run`, or set GATEPOST_RUN_ID and GITHUB_REPOSITORY",
    )


def _bytes(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"the report {path} cannot be read: {(error.strerror or str(error)).lower()}",
            fix="pass the file that `gatepost triage --report` wrote",
        ) from error
