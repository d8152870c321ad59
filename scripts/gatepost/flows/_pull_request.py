"""A handoff as a pull request: a branch of its own, opened once, never merged from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from pydantic import BaseModel

from gatepost.clients.github import GitHub
from gatepost.errors import ConfigError
from gatepost.flows._wiring import open_hub, secrets_of
from gatepost.gates.handoff.provenance import Provenance, message
from gatepost.gates.handoff.request import Request
from gatepost.gates.handoff.writer import Outcome
from gatepost.safety import redact


class _Pull(BaseModel):
    html_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """The pull request of one version to one environment."""

    hub: GitHub
    base: str
    branch: str
    """Named after the version, so that a second run finds the first one's."""

    secrets: frozenset[str]

    @classmethod
    def of(cls, request: Request, slug: str, base: str, env: Mapping[str, str]) -> PullRequest:
        """Prepare it; raises `ConfigError` when the repository is not on this GitHub."""
        if not slug:
            raise ConfigError(
                "a pull request needs the manifests repository as owner/name",
                fix="pass `manifests: owner/name`",
            )
        came = request.provenance
        version = came.source.commit[:12] or came.digest.removeprefix("sha256:")[:12] or str(came.source.at)
        parts = (came.environment or "all", came.name, f"{came.act.value}-{version}")
        branch = "gatepost/" + "/".join(quote(part, safe="") for part in parts)
        hub = open_hub(env, repository=slug)
        return cls(hub=hub, base=base, branch=branch, secrets=secrets_of(env))

    def open_already(self) -> str:
        """Return the link to the open pull request of this branch; empty when there is none."""
        owner = self.hub.repository.partition("/")[0]
        query = {"head": f"{owner}:{self.branch}", "base": self.base, "state": "open"}
        found = next(iter(self.hub.every(_Pull, "/pulls", params=query, most=1)), None)
        return found.html_url if found else ""

    def open(self, outcome: Outcome, provenance: Provenance) -> str:
        """Open it and return its link."""
        text = message(provenance, outcome.changes)
        title, _, body = str(redact(text, known=self.secrets)).partition("\n")
        fenced = "```text\n" + body.strip().replace("```", "'''") + "\n```\n"
        request = {"title": title, "head": self.branch, "base": self.base, "body": fenced}
        return _Pull.model_validate(self.hub.send("POST", "/pulls", body=request)).html_url
