"""`gatepost handoff`: write a version into the manifests repository, and see it arrive."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost import outputs
from gatepost.clients.git import Repository
from gatepost.flows import _verdict
from gatepost.flows._gate import number
from gatepost.flows._handoff import (
    ImageCheck,
    address_of,
    author_of,
    order_by,
    request_of,
    with_settings,
)
from gatepost.flows._wiring import token_of
from gatepost.gates.handoff.planner import Planner
from gatepost.gates.handoff.provenance import Act
from gatepost.gates.handoff.request import Request
from gatepost.gates.handoff.rule import Decision
from gatepost.gates.handoff.writer import Outcome, Patience, Writer
from gatepost.model import Finding, Level, Verdict

if TYPE_CHECKING:
    from gatepost.flows._pull_request import PullRequest

_VALUES = {
    "manifests": "the manifests repository: owner/name, an address, or a folder",
    "branch": "its branch (default: main)",
    "image": "what to deliver: ghcr.io/owner/name:tag@sha256:…; its repository alone for the other acts",
    "storage-uri": "the model's address, for an InferenceService",
    "name": "the service's name (default: the image's)",
    "act": "deliver, promote, rollback, advance or switch (default: deliver)",
    "environment": "only manifests below a folder of this name, such as staging",
    "from-environment": "where a promotion takes the version from",
    "target-path": "only this file, or files below this folder",
    "file": "the very file to change, with --key",
    "doc": "its document, counted from 0 (default: 0)",
    "key": 'path to the value as JSON, such as ["spec","template","spec","containers",0,"image"]',
    "value": "what to write there (default: the image)",
    "strategy": "rolling, canary, blue-green or immediate (default: rolling)",
    "canary-steps": "percentages of the traffic (default: 10,25,50,100)",
    "source": "checkout of the source repository, which tells the newer of two commits (default: here)",
    "source-repository": "owner/name of the source (default: that of the run)",
    "source-commit": "its commit (default: that of the run)",
    "source-time": "when it was committed, if there is no checkout",
    "run": "address of the run that made the version",
    "run-number": "counts up within one workflow",
    "training-run": "id of the run in MLflow",
    "model-version": "name/version in the model registry",
    "author": "who commits: Name <address>",
    "patience": "seconds to go on trying against other writers (default: 300)",
    "registry-username": "who may pull the image, if not anybody",
    "argocd-application": "the Application to look at",
    "argocd-namespace": "its namespace (default: argocd)",
    "argocd-server": "address of Argo CD's API, if not asked through the cluster",
    "kubeconfig": "file that leads to the cluster",
    "wait": "seconds to wait for Synced and Healthy (default: one look, no wait)",
}
_SWITCHES = {
    "all": "change every place that names the image, instead of refusing more than one",
    "dry-run": "print the commit's diff and write nothing",
    "pull-request": "open a pull request instead of committing to the branch",
    "adopt": "go on over a value that a person set, or that was rolled back",
    "insecure-registry": "speak plain http to the registry",
}
_PASSED_ON = {Decision.UNCHANGED: Level.NOTE, Decision.SUPERSEDED: Level.WARNING}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare an option for each input; passwords and tokens come from the environment only."""
    for name, text in _VALUES.items():
        parser.add_argument(f"--{name}", default="", metavar="…", help=text.replace("%", "%%"))
    for name, text in _SWITCHES.items():
        parser.add_argument(f"--{name}", action="store_const", const="true", default="", help=text)
    _verdict.add_arguments(parser)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Write, then look or wait; exit code 1 when the cluster does not get healthy."""

    def given(name: str) -> str:
        key = name.replace("-", "_")
        value = getattr(args, key, "") or env.get(f"GATEPOST_{key.upper()}", "")
        return "" if value == "false" else str(value).strip()

    read = with_settings(given, env)
    now = datetime.now(UTC)
    request = request_of(read, env, now=now)
    with tempfile.TemporaryDirectory(prefix="gatepost-handoff-") as scratch:
        url, slug = address_of(read("manifests"), env)
        repository = Repository(url=url, path=Path(scratch, "manifests.git"), env=env, token=token_of(env))
        branch = read("branch") or "main"
        check = ImageCheck(
            username=read("registry-username"), password=read("registry-password"),
            insecure=bool(read("insecure-registry")), unpinned_allowed=request.provenance.act is Act.ROLLBACK,
        )  # fmt: skip
        planner = Planner(request=request, is_ancestor=order_by(read, env), check=check)
        writer = Writer(
            repository=repository, branch=branch, author=author_of(read, now=now),
            patience=Patience(deadline_s=number(read("patience"), name="patience", default=300)),
        )  # fmt: skip
        pull_request = None
        if read("pull-request"):
            from gatepost.flows._pull_request import PullRequest  # noqa: PLC0415 - few need it, all pay for it

            pull_request = PullRequest.of(request, slug, branch, env)
        verdict = _write(writer, planner, pull_request, dry_run=bool(read("dry-run")))
        if read("argocd-application") and not read("dry-run") and not pull_request:
            from gatepost.flows._argocd import watched  # noqa: PLC0415 - few need it, all pay for it

            verdict = watched(verdict, read, repository, branch)
    if check.said:
        verdict = replace(verdict, facts=(*verdict.facts, ("registry", check.said)))
    return _verdict.tell(verdict, args, env)


def _write(writer: Writer, planner: Planner, pull_request: PullRequest | None, *, dry_run: bool) -> Verdict:
    if pull_request and not dry_run and (link := pull_request.open_already()):
        facts = (("result", Decision.UNCHANGED.value), ("pull-request", link))
        return Verdict(gate="handoff", facts=facts)
    aside = pull_request.branch if pull_request else ""
    outcome = writer.write(planner.plan, dry_run=dry_run, aside=aside)
    verdict = _told(outcome, planner.request, planner, dry_run=dry_run)
    if dry_run and outcome.commit:
        outputs.log_line(writer.repository.diff(outcome.base, outcome.commit))
    if pull_request and outcome.branch:
        link = pull_request.open(outcome, planner.provenance)
        return replace(verdict, facts=(*verdict.facts, ("pull-request", link)))
    return verdict


def _told(outcome: Outcome, request: Request, planner: Planner, *, dry_run: bool) -> Verdict:
    came = planner.provenance
    previous = ", ".join(c.old for c in outcome.changes if c.old != str(c.new))
    known = {
        "result": "dry-run" if dry_run and outcome.commit else outcome.decision.value,
        "act": came.act.value, "name": came.name, "environment": came.environment,
        "image": came.image, "digest": came.digest, "storage-uri": came.storage_uri,
        "model": came.model, "source": came.source.commit, "strategy": request.strategy.value,
        "previous": previous, "commit": outcome.commit or outcome.base, "branch": outcome.branch,
        "attempts": str(outcome.attempts),
    }  # fmt: skip
    findings: tuple[Finding, ...] = ()
    if level := _PASSED_ON.get(outcome.decision):
        rule = f"handoff/{outcome.decision.value}"
        message = f"{came.name} was not written: {outcome.reason}"
        findings = (Finding(rule=rule, level=level, message=message),)
    facts = tuple((name, value) for name, value in known.items() if value)
    return Verdict(gate="handoff", facts=facts, findings=findings)
