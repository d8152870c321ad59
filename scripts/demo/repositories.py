"""The two repositories of the story, as real git repositories in a scratch folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    "out", "reports", "mlruns", "mlflow.db", "__pycache__", ".venv", ".pytest_cache"
)
IDENTITY = (
    "-c",
    "user.name=Dana Scientist",
    "-c",
    "user.email=dana@acme.example",
    "-c",
    "commit.gpgsign=false",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One commit that somebody pushes, and the gate that should stop it."""

    name: str
    message: str
    change: Callable[[Path], None]
    stopped_by: str
    """Empty when every gate should let it through."""


def git(root: Path, *args: str) -> str:
    """Run git and return what it printed."""
    done = subprocess.run(["git", *IDENTITY, *args], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def make_model_repository(folder: Path) -> Path:
    """Copy model-source into a repository of its own, with its own Python environment."""
    shutil.copytree(ROOT / "model-source", folder, ignore=LEFT_OUT)
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / ".git" / "info" / "exclude").write_text(".venv\nmlflow.db\nmlruns/\n", encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Train a churn classifier")
    _install(folder)
    return folder


def make_manifests_repository(folder: Path, *, registry: str) -> Path:
    """Make a bare repository of infra-manifests, as a git server has it; images come from `registry`."""
    work = folder.with_suffix(".work")
    shutil.copytree(ROOT / "infra-manifests", work)
    for file in work.rglob("*.yaml") if registry else ():
        file.write_text(file.read_text("utf-8").replace("ghcr.io/", f"{registry}/"), encoding="utf-8")
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Describe what the clusters run")
    git(work, "clone", "--quiet", "--bare", str(work), str(folder))
    shutil.rmtree(work)
    return folder


def commit(root: Path, push: Push) -> str:
    """Make the change of `push` on top of main; return the commit's full hash."""
    git(root, "checkout", "--quiet", "--force", "main")
    push.change(root)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", push.message)
    return git(root, "rev-parse", "HEAD")


def undo(root: Path) -> None:
    """Take the last commit back, so that the next push starts from what works."""
    git(root, "reset", "--quiet", "--hard", "HEAD~1")


def edit(path: str, old: str, new: str) -> Callable[[Path], None]:
    """Return a change that replaces `old` in one file; a story that no longer fits its file fails."""

    def change(root: Path) -> None:
        file = root / path
        text = file.read_text("utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{path} holds {old!r} {text.count(old)} times, not once")
        file.write_text(text.replace(old, new), encoding="utf-8")

    return change


def _install(folder: Path) -> None:
    """Bring the model's own dependencies into its own .venv, quickly when uv is there."""
    wanted = ["-r", "requirements.txt", "-r", "requirements-dev.txt"]
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv:
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, ".venv"], cwd=folder, check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", ".venv", *wanted], cwd=folder, check=True
        )
    else:
        subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=folder, check=True)
        subprocess.run(
            [".venv/bin/python", "-m", "pip", "install", "--quiet", *wanted], cwd=folder, check=True
        )
