"""A model repository that calls deliver.yml, pushed to with act as the runner and every gate for real."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.bench import (
    OURS,
    ROOT,
    Outcome,
    copy_checkout,
    copy_stand_ins,
    free_port,
    outcome_of,
    stand_ins,
    uv,
)
from tests.e2e.tokens import Jobs
from tests.servers.github import GitHub, Repo
from tests.servers.http import LocalServer, Reply, Request
from tests.tools import tool

REPOSITORY = "acme/churn"
SOURCE = ROOT / "model-source"
LOCKS = ("requirements.txt", "requirements-dev.txt")
WORKFLOW = ".github/workflows/deliver.yml"
RETRAIN = ".github/workflows/retrain.yml"
_WHO = ("-c", "user.name=Dana", "-c", "user.email=dana@acme.example", "-c", "commit.gpgsign=false")
_NOT_PASSED = (
    "GITHUB_",
    "GATEPOST_",
    "ACTIONS_",
    "RUNNER_",
    "MLFLOW_",
    "GH_",
    "SNYK_",
    "VIRTUAL_ENV",
    "UV_PROJECT",
)


class Advisories(LocalServer):
    """Answers as the OSV database does, and knows of nothing."""

    def answer(self, request: Request) -> Reply:
        if request.method != "POST" or "package" not in (request.json() or {}):
            self.fault(f"no query of the database: {request.method} {request.path}")
        return Reply(body={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """The machine that jobs run on, one after the other."""

    python: Path
    """The folder of the Python that setup-python puts on the path."""

    kept: Path
    """What stays from job to job: the runner's tools."""

    has: tuple[str, ...] = ("gitleaks",)
    """Commands of .ci/tools.toml that its image holds."""

    @classmethod
    def bare(cls, folder: Path) -> Runner:
        """Make one whose Python has pip and nothing else, as setup-python brings it."""
        command = [str(uv()), "venv", "--quiet", "--seed", "--python", sys.executable, str(folder / "python")]
        subprocess.run(command, check=True)
        return cls(python=folder / "python" / "bin", kept=folder / "kept")

    @classmethod
    def used(cls, folder: Path) -> Runner:
        """Make one that has delivered this model before."""
        runner = cls.bare(folder)
        wanted = [part for name in LOCKS for part in ("-r", str(SOURCE / name))]
        install = [str(uv()), "pip", "install", "--quiet", "--python", str(runner.python / "python"), *wanted]
        subprocess.run(install, check=True)
        return runner


@dataclass(slots=True, kw_only=True)
class Delivery:
    """The repository, the local GitHub it lies on, and everything a delivery needs."""

    folder: Path
    github: GitHub
    advisories: Advisories
    runner: Runner
    inputs: Mapping[str, str | bool] = field(default_factory=dict)
    """What the caller passes to deliver.yml."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    """More of the runner's environment, such as where images are stored."""

    source: Path = SOURCE
    """A git checkout to copy the model's repository from."""

    scanners: tuple[str, ...] = ("semgrep", "bandit", "pip-audit", "gitleaks", "zizmor")
    trivy: Path | None = None
    """Folder of a Trivy; without one the settings of the repository leave it out."""

    patience_s: float = 800
    """For one run; building and pushing an image takes its time."""

    jobs: Jobs = field(init=False)
    repo: Repo = field(init=False)
    copy: Path = field(init=False)
    root: Path = field(init=False)

    def __post_init__(self) -> None:
        """Copy what a job would download of this project, the stand-ins, and the model's repository."""
        self.jobs = Jobs(github=self.github)
        self.copy, self.root = self.folder / "gatepost", self.folder / "churn"
        copy_checkout(self.copy)
        copy_stand_ins(self.folder)
        self.repo = self.github.repo(REPOSITORY)
        self._make_repository()

    def commit(self, message: str, change: Callable[[Path], None] = lambda _: None) -> str:
        """Commit a change of the model's repository; return the commit."""
        change(self.root)
        self._git("add", "--all")
        self._git(*_WHO, "commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.tip()

    def tip(self) -> str:
        """Return the commit that would be pushed."""
        return self._git("rev-parse", "HEAD")

    def back_to(self, sha: str) -> None:
        """Take the commits since `sha` back."""
        self._git("reset", "--quiet", "--hard", sha)

    def push(self, *, less: Mapping[str, str] = {}) -> Outcome:
        """Run deliver.yml for the tip of main as it was just pushed."""
        sha = self.tip()
        if sha not in self.repo.commits:
            self.repo.commits[sha] = replace(self.repo.commit(message="As pushed"), sha=sha)
        event = {"ref": "refs/heads/main", "after": sha, "head_commit": {"id": sha}}
        return self._run("push", event, less=less)

    def propose(self, number: int, *, run: int, less: Mapping[str, str] = {}) -> Outcome:
        """Run deliver.yml for pull request `number`, whose head is the tip; runs are numbered upwards."""
        head = {"sha": self.tip(), "ref": "change"}
        event = {"number": number, "pull_request": {"number": number, "head": head, "base": {"ref": "main"}}}
        return self._run("pull_request", event, less=less, run=run)

    def retrain(self, reason: str) -> Outcome:
        """Run retrain.yml as somebody starts it by hand."""
        event = {"ref": "refs/heads/main", "inputs": {"reason": reason}}
        return self._run("workflow_dispatch", event, less={}, workflow=RETRAIN)

    def _run(
        self,
        name: str,
        event: dict[str, Any],
        *,
        less: Mapping[str, str],
        run: int = 1,
        workflow: str = WORKFLOW,
    ) -> Outcome:
        for called in (WORKFLOW, RETRAIN):
            shutil.copy(ROOT / called, self.copy / called)
        document = self.jobs.prepare(
            yaml.safe_load((self.root / workflow).read_text("utf-8")),
            repository=REPOSITORY,
            ours=self.copy,
            less=less,
        )
        path = self.folder / "caller.yml"
        path.write_text(yaml.safe_dump(document, sort_keys=False))
        event |= {"repository": {"full_name": REPOSITORY, "default_branch": "main"}}
        (self.folder / "event.json").write_text(json.dumps(event))
        done = subprocess.run(
            self._command(name, path, run=run),
            cwd=self.root,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=self.patience_s,
            check=False,
        )
        return outcome_of(done.stdout + done.stderr)

    def _command(self, event: str, workflow: Path, *, run: int) -> list[str]:
        settings = {
            "GITHUB_API_URL": self.github.url,
            "GITHUB_RUN_ID": str(run),
            "BENCH_UV": str(self._uv()),
            "BENCH_PYTHON": str(self.runner.python),
            "BENCH_TRIVY": str(self.trivy or ""),
            "BENCH_ARTIFACT_CLIENT": str(tool("actions-artifact")),
            "PIP_AUDIT_VULNERABILITY_SERVICE": "osv",
            "PIP_AUDIT_OSV_URL": f"{self.advisories.url}/v1/query",
            **self.env,
        }
        pairs = [("--env", item) for item in settings.items()] + [
            ("-s", item) for item in self.secrets.items()
        ]
        called = [self.copy / WORKFLOW]
        places = {f"{OURS}@v1": self.copy} | stand_ins(self.folder, ours=self.copy, workflows=called)
        return [
            str(tool("act")), event, "--json", "--action-offline-mode", "--no-cache-server",
            "-W", str(workflow), "-e", str(self.folder / "event.json"), "-P", "ubuntu-24.04=-self-hosted",
            "--action-cache-path", str(self.runner.kept),
            "--artifact-server-path", str(self.folder / "artifacts"),
            "--artifact-server-addr", "127.0.0.1", "--artifact-server-port", str(free_port()),
            "-s", "GITHUB_TOKEN=the-token-of-no-job",
            *(part for ref, place in places.items() for part in ("--local-repository", f"{ref}={place}")),
            *(part for flag, (key, value) in pairs for part in (flag, f"{key}={value}")),
        ]  # fmt: skip

    def _uv(self) -> Path:
        """Put uv into a folder of its own, as setup-uv does: the one it lies in may hold a Python."""
        link = self.folder / "uv" / "uv"
        if not link.exists():
            link.parent.mkdir()
            link.symlink_to(uv())
        return link

    def _environment(self) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED)}
        # No uv and no Python of ours on the path: an action that forgets to set one up must fail.
        folders = [
            *(tool(name).parent for name in ("node", *self.runner.has)),
            "/usr/local/bin",
            "/usr/bin",
            "/bin",
        ]
        return env | {"PATH": os.pathsep.join(map(str, folders)), "MLFLOW_DISABLE_TELEMETRY": "true"}

    def _make_repository(self) -> None:
        listed = ["git", "ls-files", "-co", "--exclude-standard", "."]
        names = subprocess.run(
            listed, cwd=self.source, check=True, capture_output=True, text=True
        ).stdout.splitlines()
        for name in names:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.source / name, self.root / name)
        self._write_callers()
        path = self.root / ".gatepost.yml"
        settings = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
        settings.setdefault("scan", {})["tools"] = list(self.scanners)
        path.write_text(yaml.safe_dump(settings, sort_keys=False))
        self._git("init", "--quiet", "--initial-branch=main")
        self._git("remote", "add", "origin", f"https://github.com/{REPOSITORY}.git")
        self.commit("Train a churn classifier")

    def _write_callers(self) -> None:
        """Keep the callers as their user wrote them, with the inputs and secrets of this bench."""
        secrets = {name: f"${{{{ secrets.{name} }}}}" for name in self.secrets}
        for workflow, own in ((WORKFLOW, {}), (RETRAIN, {"reason": "${{ inputs.reason }}"})):
            path = self.root / workflow
            lines = path.read_text("utf-8").splitlines()
            for key, value in (("with", {**own, **self.inputs}), ("secrets", secrets)):
                [at] = [number for number, line in enumerate(lines) if line.startswith(f"    {key}: ")]
                lines[at] = f"    {key}: {json.dumps(value)}"
            path.write_text("\n".join(lines) + "\n")

    def _git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()
