"""One push through every gate, as deliver.yml chains them, on this machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from images import Means
from page import Artifact, Chapter
from repositories import Push, commit, git, undo
from steps import Step, run, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What every push goes through."""

    model: Path
    manifests: Path
    out: Path
    scanners: tuple[str, ...]
    builds: bool
    """Whether the image gate can run."""

    registry: str
    """Host and port of the registry that images are pushed to; empty when there is none."""

    left_out: tuple[str, ...]

    @classmethod
    def prepare(cls, *, model: Path, manifests: Path, out: Path, means: Means, registry: str) -> Self:
        """Look which scanners this machine has; what is missing is left out, and said."""
        scanners = ["semgrep", "bandit", "zizmor"]
        left_out = ["pip-audit: it asks an advisory database, and this story needs no network"]
        for tool, why in (("gitleaks", "secrets are not looked for"), ("trivy", "settings are not scanned")):
            if shutil.which(tool):
                scanners.append(tool)
            else:
                left_out.append(f"{tool} is not installed, so {why}")
        instead = "the model's version is handed off instead of a digest"
        if means.lacks_build:
            left_out.append(f"image: {means.lacks_build}; {instead}")
        elif means.lacks_push:
            left_out.append(f"push: the image is built, but {means.lacks_push}; {instead}")
        return cls(
            model=model,
            manifests=manifests,
            out=out,
            scanners=tuple(scanners),
            builds=not means.lacks_build,
            registry=registry,
            left_out=tuple(left_out),
        )

    def deliver(self, number: int, push: Push) -> Chapter:
        """Push, run the gates until one stops, and explain what stopped."""
        sha = commit(self.model, push)
        before = git(self.manifests, "rev-parse", "main")
        steps: list[Step] = []
        for arguments in self._gates(number, sha):
            say(f"   -- {arguments[0]}")
            steps.append(run(arguments, cwd=self.model))
            if not steps[-1].passed:
                break
        stopped_by = "" if steps[-1].passed else steps[-1].verb
        after = git(self.manifests, "rev-parse", "main")
        diff = git(self.manifests, "show", "--format=%an%n%s%n%n%b", after) if after != before else ""
        outcome = f"stopped by {stopped_by}; the manifests are untouched" if stopped_by else "delivered"
        if stopped_by and diff:
            outcome = f"stopped by {stopped_by}, yet the manifests changed"
            stopped_by = "nothing"
        if not stopped_by and not diff:
            outcome, stopped_by = "passed every gate, yet nothing was handed off", "nothing"
        post = self._explain(number, steps[-1]) if stopped_by else ""
        if stopped_by:
            undo(self.model)
        return Chapter(
            name=push.name,
            commit=sha,
            steps=tuple(steps),
            stopped_by=stopped_by,
            outcome=outcome,
            post=post,
            diff=diff,
            artifacts=tuple(self._artifacts(number)),
        )

    def _gates(self, number: int, sha: str) -> Iterator[list[str]]:
        folder = self.out / f"push-{number}"
        folder.mkdir()

        def verdict(gate: str) -> list[str]:
            return ["--verdict", str(folder / f"{gate}.json")]

        yield ["check", "--reports", str(folder / "reports"), *verdict("check")]
        sarif = ["--sarif", str(folder / "scan.sarif")]
        yield ["scan", "--tools", ",".join(self.scanners), *sarif, *verdict("scan")]
        yield ["train", *verdict("train")]
        yield ["validate", "--report", str(folder / "validation"), *verdict("validate")]
        if self.builds:
            where = ["--image", f"{self.registry or 'registry.invalid'}/acme/churn"]
            where += [] if self.registry else ["--no-push"]
            yield ["image", *where, "--sbom", str(folder / "sbom.cdx.json"), *verdict("image")]
        what = self._version(number, folder / "image.json")
        source = ["--manifests", str(self.manifests), "--source-commit", sha, "--environment", "staging"]
        yield ["handoff", *source, *what, "--model-version", f"churn/{number}", *verdict("handoff")]
        yield ["promote"]

    def _version(self, number: int, image: Path) -> list[str]:
        """Say what is handed off: the digest that the registry computed, or the model's version alone."""
        if self.registry:
            pinned = json.loads(image.read_text("utf-8"))["facts"]["pinned"]
            return ["--image", pinned, "--insecure-registry"]
        place = ["--file", "models/churn/staging/kustomization.yaml"]
        place += ["--key", '["commonAnnotations", "gatepost.io/model-version"]', "--value", f"churn/{number}"]
        return [*place, "--name", "churn", "--storage-uri", f"mlflow:churn/{number}"]

    def _explain(self, number: int, step: Step) -> str:
        """Explain the failed gate from its log alone, by the rules."""
        log = self.out / f"push-{number}" / f"{step.verb}.log"
        log.write_text(step.log, encoding="utf-8")
        say("   -- explain")
        return run(["triage", str(log), "--dry-run", "--no-model"], cwd=self.out).log

    def _artifacts(self, number: int) -> Iterator[Artifact]:
        folder = self.out / f"push-{number}"
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            path = file.relative_to(self.out).as_posix()
            yield Artifact(name=path.split("/", 1)[1], path=path, picture=file.suffix == ".png")
