"""Runs a workflow with act, in host mode, in an outside copy of the checkout, against the local servers."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.tokens import Jobs
from tests.servers.gemini import Gemini
from tests.servers.github import GitHub
from tests.servers.slack import Slack
from tests.tools import tool

ROOT = Path(__file__).parent.parent.parent
STAND_INS = Path(__file__).parent / "standins"
OURS = "acme/gatepost"
_MOST_S = 240

# A user's shell may hold these; a runner does not, and a test must not depend on them.
_NOT_PASSED = (
    "GITHUB_",
    "GATEPOST_",
    "ACTIONS_",
    "RUNNER_",
    "GEMINI_",
    "GOOGLE_",
    "GH_",
    "SLACK_",
    "VIRTUAL_ENV",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a workflow went."""

    jobs: Mapping[str, str]
    """Conclusion by job; a job that did not run is absent."""

    log: str


@dataclass(slots=True, kw_only=True)
class Bench:
    """Everything one workflow needs to run."""

    folder: Path
    github: GitHub
    gemini: Gemini
    slack: Slack
    kept: Path
    """What a runner keeps between jobs: its tools."""

    jobs: Jobs = field(init=False)
    """Holds the tokens of the jobs run last."""

    copy: Path = field(init=False)
    """This repository as a job downloads it."""

    def __post_init__(self) -> None:
        """Copy what a job would download of this repository, and the stand-ins."""
        self.jobs = Jobs(github=self.github)
        self.copy = self.folder / "gatepost"
        copy_checkout(self.copy)
        copy_stand_ins(self.folder)

    def run(
        self,
        workflow: Path,
        *,
        event: Mapping[str, Any],
        repository: str,
        less: Mapping[str, str] = {},
        secrets: Mapping[str, str] | None = None,
    ) -> Outcome:
        """
        Run `workflow` as `repository` would on `workflow_run`.

        Each job gets a token with the permissions it declares; `less` changes some of them, as
        `job/permission: level`. `secrets` are those of the repository: a key and a webhook unless given.
        """
        caller = self.folder / "caller"
        document = self.jobs.prepare(
            yaml.safe_load(workflow.read_text("utf-8")), repository=repository, ours=self.copy, less=less
        )
        path = _write_caller(caller, document, repository=repository)
        (self.folder / "event.json").write_text(json.dumps(event))
        held = {"GEMINI_API_KEY": self.gemini.key, "SLACK_WEBHOOK_URL": self.slack.webhook}
        done = subprocess.run(
            [*self._command(path), *_pairs("-s", held if secrets is None else secrets)],
            cwd=caller,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=_MOST_S,
            check=False,
        )
        return outcome_of(done.stdout + done.stderr)

    def _command(self, workflow: Path) -> list[str]:
        settings = {
            "GITHUB_API_URL": self.github.url,
            "GITHUB_SERVER_URL": self.github.at.web,
            "GOOGLE_GEMINI_BASE_URL": self.gemini.url,
            "BENCH_UV": str(uv()),
            "BENCH_ARTIFACT_CLIENT": str(tool("actions-artifact")),
        }
        used = [workflow, self.copy / ".github" / "workflows" / "triage.yml"]
        places = {f"{OURS}@v1": self.copy} | stand_ins(self.folder, ours=self.copy, workflows=used)
        return [
            str(tool("act")), "workflow_run", "--json", "--action-offline-mode", "--no-cache-server",
            "-W", str(workflow), "-e", str(self.folder / "event.json"),
            "-P", "ubuntu-24.04=-self-hosted",
            "--action-cache-path", str(self.kept),
            "--artifact-server-path", str(self.folder / "artifacts"),
            "--artifact-server-addr", "127.0.0.1", "--artifact-server-port", str(free_port()),
            "-s", "GITHUB_TOKEN=the-token-of-no-job",
            *(part for ref, folder in places.items() for part in ("--local-repository", f"{ref}={folder}")),
            *_pairs("--env", settings),
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_PASSED)}
        # No uv on the path: an action that forgets setup-uv must fail.
        folders = [
            str(tool("node").parent),
            str(Path(sys.base_prefix) / "bin"),
            "/usr/local/bin",
            "/usr/bin",
            "/bin",
        ]
        return env | {"PATH": os.pathsep.join(folders)}


def copy_stand_ins(folder: Path) -> None:
    """Put the stand-ins into `folder`, each with what they share beside it."""
    for stand_in in STAND_INS.iterdir():
        if stand_in.is_dir():
            shutil.copytree(stand_in, folder / stand_in.name)
            shutil.copy(STAND_INS / "declared.mjs", folder / stand_in.name)


def stand_ins(folder: Path, *, ours: Path, workflows: Iterable[Path]) -> dict[str, Path]:
    """Find the stand-in of each repository that `workflows` and our actions use, by its reference."""
    jobs = [job for path in workflows for job in _read(path)["jobs"].values()]
    steps = [step for job in jobs for step in job.get("steps", ())]
    for path in ours.glob("actions/*/action.yml"):
        steps += _read(path)["runs"]["steps"]
    found = {}
    for uses in {str(step.get("uses", "")) for step in steps}:
        if not uses or uses.startswith((OURS, "$/", "actions/checkout@")):  # act brings its own checkout
            continue
        name, _, ref = uses.partition("@")
        owner, repository, *inside = name.split("/")
        place = folder / (f"{owner}-{repository}" if inside else repository)
        assert place.joinpath(*inside, "action.yml").is_file(), f"there is no stand-in for {uses}"
        found[f"{owner}/{repository}@{ref}"] = place
    return found


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def copy_checkout(target: Path) -> None:
    """Copy what git tracks or would track, without what the archive of a tag leaves out."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    left_out = ("tests/", "benchmarks/", "infra-manifests/", "model-source/")
    for name in listed:
        if not name.startswith(left_out) and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def _write_caller(caller: Path, document: Mapping[str, Any], *, repository: str) -> Path:
    """Make the workspace: a repository of its own that holds the workflow and nothing of ours."""
    shutil.rmtree(caller, ignore_errors=True)
    path = caller / ".github" / "workflows" / "triage.yml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    who = ["-c", "user.name=dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false"]
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["remote", "add", "origin", f"https://github.com/{repository}.git"],
        ["add", "."],
        [*who, "commit", "--quiet", "--message=Add the workflow"],
    ):
        subprocess.run(["git", *command], cwd=caller, check=True)
    return path


def outcome_of(text: str) -> Outcome:
    jobs: dict[str, str] = {}
    lines = []
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            lines.append(line)
            continue
        lines.append(f"{entry.get('job', '')}: {entry.get('msg', '').rstrip()}")
        if result := entry.get("jobResult"):
            jobs[entry["jobID"]] = result
    return Outcome(jobs=jobs, log="\n".join(lines))


def _pairs(flag: str, values: Mapping[str, str]) -> list[str]:
    return [part for name, value in values.items() for part in (flag, f"{name}={value}")]


def uv() -> Path:
    found = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".uv" / "bin"))
    assert found, "there is no uv; run `make sync`"
    return Path(found)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
