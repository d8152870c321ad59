"""A manifests server, a registry and a source repository, and the verb run against them."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatepost.flows import handoff
from tests.servers.manifests import ManifestsServer, git
from tests.servers.registry import Registry

ZERO = "sha256:" + "0" * 64


@dataclass
class Bench:
    """Everything one handoff meets. Versions are numbered from 0, older first."""

    server: ManifestsServer
    registry: Registry
    source: Path
    env: dict[str, str] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)

    def reference(self, version: int) -> str:
        digest = self.registry.push("acme/churn", str(version))
        return f"{self.registry.host}/acme/churn:v{version}@{digest}"

    def deliver(self, version: int, *args: str, **inputs: str) -> dict[str, Any]:
        """Hand version number `version` off to staging unless told otherwise."""
        while len(self.commits) <= version:
            at = 1_760_000_000 + 60 * len(self.commits)
            git(self.source, "commit", "-q", "--allow-empty", "-m", f"v{len(self.commits)}", at=at)
            self.commits.append(git(self.source, "rev-parse", "HEAD").strip())
        given = {"image": self.reference(version), "source_commit": self.commits[version], **inputs}
        return self.run(*args, **given)

    def run(self, *args: str, **inputs: str) -> dict[str, Any]:
        """Run the verb; inputs come as the action's environment does. Returns its verdict and exit code."""
        given = {
            "manifests": self.server.url, "environment": "staging", "source": str(self.source),
            "source_repository": "acme/model-source",
        }  # fmt: skip
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GATEPOST_"))}
        env = clean
        for some in (given, self.env, inputs):
            env |= {k if k.isupper() else f"GATEPOST_{k.upper()}": v for k, v in some.items()}
        verdict = self.source.parent / "verdict.json"
        parser = argparse.ArgumentParser()
        handoff.add_arguments(parser)
        code = handoff.run(parser.parse_args(["--verdict", str(verdict), *args]), env)
        told = json.loads(verdict.read_text("utf-8"))
        return {**told["facts"], "exit_code": code, "findings": told["findings"]}

    def staging(self, *, at: str = "main") -> str:
        return self.server.show("apps/churn/overlays/staging/kustomization.yaml", at=at).decode()


def kustomization(host: str, *, above: str = "") -> str:
    return (
        f"# churn, as it runs here\nresources: [../../base]\nimages:\n{above}"
        f"  - name: {host}/acme/churn # the server\n    newTag: v0\n    digest: {ZERO}\n"
    )


def open_bench(folder: Path, registry: Registry, files: dict[str, str | bytes] | None = None) -> Bench:
    """Start with a kustomization for staging and one for production, or with `files`."""
    overlays: dict[str, str | bytes] = {
        f"apps/churn/overlays/{name}/kustomization.yaml": kustomization(registry.host)
        for name in ("staging", "production")
    }
    source = folder / "source"
    git(folder, "init", "-q", "-b", "main", str(source))
    return Bench(ManifestsServer(folder, files or overlays), registry, source)
