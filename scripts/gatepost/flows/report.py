"""`gatepost report`: one report of a delivery, on its pull request and in the job's summary."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from gatepost import outputs
from gatepost.clients.github_talk import Comments
from gatepost.config import Route
from gatepost.errors import ConfigError, GatepostError
from gatepost.flows._delivered import Delivered
from gatepost.flows._settings import repository_settings
from gatepost.flows._wiring import in_actions, open_hub, secrets_of, server_of
from gatepost.model import Level, Post, Run
from gatepost.posts.body import Telling
from gatepost.posts.comment import CommentOutlet
from gatepost.posts.delivery import Delivery, Origin, render
from gatepost.safety.limits import read_json

# Shown in this order, each from the action's input of the same name.
PLANNED = ("image", "manifests", "environment", "strategy")
SIZES = {"train": "model size", "image": "size"}
SIZED = {"train": "model", "image": "image"}
_EVENT_BYTES = 32 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where the verdicts lie."""
    parser.add_argument("verdicts", nargs="?", default="", help="folder with the verdicts (default: here)")
    parser.add_argument("--dry-run", action="store_true", help="print the report, write nothing")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """
    Write the report into the summary; comment on the pull request, or on a commit that a gate stopped.

    Telling stops no delivery: when the comment is refused, as to a fork's token, a warning says so
    and the exit code is 0.
    """
    folder = Path(args.verdicts or env.get("GATEPOST_VERDICTS", "") or ".")
    if not folder.is_dir():
        raise ConfigError(
            f"there is no folder {str(folder)!r}", fix="pass the folder with the gates' verdicts"
        )
    event = _event(env)
    delivered = Delivered.read(folder, needs=env.get("GATEPOST_NEEDS", ""), secrets=secrets_of(env))
    delivery = _delivery(delivered, env, proposed=event.pull_request is not None)
    post = render(delivery, _origin(event, env))
    if args.dry_run or not in_actions(env):
        sys.stdout.write(f"{post.body}\n")
        return 0
    outputs.write_summary(post.body, env=env)
    outputs.set_output("stopped-by", delivery.stopped.name if delivery.stopped else "", env=env)
    if event.pull_request or delivery.stopped:
        _comment(post, event, env)
    return 0


def _delivery(delivered: Delivered, env: Mapping[str, str], *, proposed: bool) -> Delivery:
    gates = delivered.gates()
    notes = delivered.broken_after_gates(gates)
    try:
        numbers = delivered.numbers()
    except GatepostError as error:
        numbers = None
        notes.append(f"The validation is not shown: {error.what}.")
    facts = {gate.name: dict(gate.verdict.facts) for gate in gates if gate.verdict}
    sizes = [(name, facts.get(name, {}).get(fact, "")) for name, fact in SIZES.items()]
    return Delivery(
        gates=gates,
        numbers=numbers,
        size=tuple((SIZED[name], size) for name, size in sizes if size),
        deployment=_deployment(facts, env),
        proposed=proposed,
        kept=facts.get("validate", {}).get("promote") == "no",
        notes=tuple(notes),
    )


def _deployment(
    facts: Mapping[str, Mapping[str, str]], env: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    asked = {name: env.get(f"GATEPOST_{name.upper()}", "").strip() for name in PLANNED}
    if not asked["image"]:
        return ()
    if not asked["manifests"]:
        asked = {"image": asked["image"]}
    asked["image"] = facts.get("image", {}).get("pinned", "") or asked["image"]
    made = {
        "model version": facts.get("train", {}).get("model version", ""),
        "commit": facts.get("handoff", {}).get("commit", ""),
    }
    return tuple((name, value) for name, value in {**asked, **made}.items() if value)


def _comment(post: Post, event: _Event, env: Mapping[str, str]) -> None:
    repository = env.get("GITHUB_REPOSITORY", "")
    hub = open_hub(env, repository=repository)
    pull = event.pull_request
    place = Comments.on_pull(hub, pull.number) if pull else Comments.on_commit(hub, _sha(event, env))
    try:
        settings = repository_settings(hub, env)
        if not settings.config.posting.comment:
            return
        telling = Telling(post=post, run=_run(event, env), route=Route(), at=datetime.now(UTC))
        login = settings.config.posting.login
        url = CommentOutlet(name="delivery", comments=place, login=login, telling=telling).publish(post)
    except GatepostError as error:
        where = f"pull request {pull.number}" if pull else "the commit"
        message = f"The report stands in the summary only; {where} could not be commented on: {error.what}"
        outputs.annotate(Level.WARNING, message, title="gatepost report", env=env)
        return
    outputs.set_output("posted-url", url, env=env)
    sys.stdout.write(f"{url}\n")


class _Head(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    sha: str


class _Pull(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    number: int
    head: _Head


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    pull_request: _Pull | None = None


def _event(env: Mapping[str, str]) -> _Event:
    path = env.get("GITHUB_EVENT_PATH", "")
    if not (in_actions(env) and path):
        return _Event()
    try:
        with Path(path).open("rb") as file:
            return _Event.model_validate(read_json(file.read(_EVENT_BYTES), what="the event"))
    except (OSError, ValueError) as error:
        raise ConfigError("the event of this job cannot be read", fix="run it in a workflow") from error


def _sha(event: _Event, env: Mapping[str, str]) -> str:
    """Return the commit people pushed; GITHUB_SHA of a pull request is a merge nobody looks at."""
    return event.pull_request.head.sha if event.pull_request else env.get("GITHUB_SHA", "")


def _origin(event: _Event, env: Mapping[str, str]) -> Origin:
    return Origin(
        repository=env.get("GITHUB_REPOSITORY", ""),
        server=server_of(env),
        sha=_sha(event, env),
        run_id=_count(env.get("GITHUB_RUN_ID", "")),
        workflow=env.get("GITHUB_WORKFLOW", ""),
    )


def _run(event: _Event, env: Mapping[str, str]) -> Run:
    """Describe this very run: what the marker remembers of it, and which of two is the newer."""
    repository = env.get("GITHUB_REPOSITORY", "")
    run_id = _count(env.get("GITHUB_RUN_ID", ""))
    return Run(
        kind="delivery", subject="delivery", url=f"{server_of(env)}/{repository}/actions/runs/{run_id}",
        at=datetime.now(UTC), repository=repository, run_id=run_id,
        attempt=_count(env.get("GITHUB_RUN_ATTEMPT", "")) or 1, workflow=env.get("GITHUB_WORKFLOW", ""),
        workflow_path="", event=env.get("GITHUB_EVENT_NAME", ""), conclusion="", branch="",
        head_sha=_sha(event, env), head_repository=repository,
    )  # fmt: skip


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0
