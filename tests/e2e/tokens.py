"""
Gives each job a token with the permissions it declares, as GitHub does and act does not.

The copy of a workflow that act runs carries each job's own token where `github.token` would stand,
and `$/x`, which act does not know, as `acme/gatepost/x@v1`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.servers.github import GitHub
from tests.servers.github.access import LEVELS, Token

OURS = "acme/gatepost"
_EXPRESSIONS = ("${{ github.token }}", "${{ secrets.GITHUB_TOKEN }}")


@dataclass(slots=True, kw_only=True)
class Jobs:
    """The tokens of the jobs prepared last, by job."""

    github: GitHub
    tokens: dict[str, Token] = field(default_factory=dict)

    def prepare(
        self, document: dict[Any, Any], *, repository: str, ours: Path, less: Mapping[str, str]
    ) -> dict[Any, Any]:
        """Rewrite a workflow, and the reusable one it may call, for act."""
        self.tokens = {}
        if True in document:  # YAML reads a bare `on` as a truth value
            document = {"on": document.pop(True), **document}
        for name, job in document["jobs"].items():
            granted = permissions_of(document, job)
            if "uses" in job:
                job["uses"] = _resolved(job["uses"])
                self._prepare_called(job["uses"], granted, repository=repository, ours=ours, less=less)
            else:
                self._prepare_job(name, job, granted, repository=repository, ours=ours, less=less)
        return document

    def _prepare_called(
        self, uses: str, granted: Mapping[str, str], *, repository: str, ours: Path, less: Mapping[str, str]
    ) -> None:
        inside = uses.removeprefix(f"{OURS}/").partition("@")[0]
        path = ours / inside
        called = yaml.safe_load(path.read_text("utf-8"))
        for name, job in called["jobs"].items():
            for permission, level in permissions_of(called, job).items():
                held = granted.get(permission, "none")
                # GitHub does not start a called job that wants more than its caller has.
                assert LEVELS.index(level) <= LEVELS.index(held), (
                    f"job {name} is requesting {permission}: {level!r}, but is only allowed {held!r}"
                )
        prepared = self.prepare(called, repository=repository, ours=ours, less=less)
        path.write_text(yaml.safe_dump(prepared, sort_keys=False))

    def _prepare_job(
        self,
        name: str,
        job: dict[str, Any],
        granted: Mapping[str, str],
        *,
        repository: str,
        ours: Path,
        less: Mapping[str, str],
    ) -> None:
        permissions = dict(granted)
        for where, level in less.items():
            wanted, _, permission = where.partition("/")
            if wanted == name:
                permissions[permission] = level
        token = self.tokens[name] = self.github.token(permissions, repos=[repository], name=name)
        for step in job["steps"]:
            step["uses"] = _resolved(step["uses"]) if "uses" in step else None
            if step["uses"] is None:
                del step["uses"]
            elif step["uses"].startswith(f"{OURS}/"):
                _pass_token(step, ours, token.value)
        text = json.dumps(job)
        for expression in _EXPRESSIONS:
            text = text.replace(expression, token.value)
        job.clear()
        job.update(json.loads(text))


def permissions_of(document: Mapping[Any, Any], job: Mapping[str, Any]) -> dict[str, str]:
    """Return what a job declares; what it leaves out is `none`."""
    declared = job.get("permissions", document.get("permissions"))
    assert isinstance(declared, dict), "a job without `permissions:` has those of the repository's settings"
    return declared


def _resolved(uses: str) -> str:
    return f"{OURS}/{uses[2:]}@v1" if uses.startswith("$/") else uses


def _pass_token(step: dict[str, Any], ours: Path, token: str) -> None:
    """Say what the action's default would say: its own `github.token` is one for all jobs under act."""
    inside = step["uses"].removeprefix(f"{OURS}/").partition("@")[0]
    action = yaml.safe_load((ours / inside / "action.yml").read_text("utf-8"))
    for name in step.get("with", {}):
        assert name in action["inputs"], f"{inside} has no input {name!r}"
    for name, declared in action["inputs"].items():
        if declared.get("default") in _EXPRESSIONS:
            step.setdefault("with", {}).setdefault(name, token)
