"""A repository that trains in no time, and the command run on it as a step would run it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gatepost.cli import main

ROWS = 400
CONTRACT = f"""
model: toy
train:
  command: ["{sys.executable}", train.py]
  timeout: 60s
  data: [test.csv]
validate:
  test_set: test.csv
  thresholds:
    accuracy: {{min: 0.6}}
  slices: [region]
"""
TRAIN = """
import csv, json, pathlib
wrong = int(pathlib.Path("wrong.txt").read_text())
out = pathlib.Path("out")
(out / "model").mkdir(parents=True)
(out / "model" / "weights.txt").write_text(str(wrong))
rows = list(csv.DictReader(open("test.csv")))
with open(out / "predictions.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["id", "label", "prediction", "region"])
    for number, row in enumerate(rows):
        label = int(row["label"])
        writer.writerow([row["id"], label, 1 - label if number < wrong else label, row["region"]])
(out / "metrics.json").write_text(json.dumps({"accuracy": (len(rows) - wrong) / len(rows)}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a verb ended."""

    code: int
    said: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toy:
    """The repository, and `gatepost` with it as the current folder of a step."""

    root: Path
    step: Callable[..., Told]

    def wrong(self, rows: int) -> None:
        """Let the next training predict so many rows wrongly, and commit that."""
        (self.root / "wrong.txt").write_text(str(rows))
        git(self.root, "add", "-A")
        git(self.root, "commit", "-qm", f"{rows} wrong", "--allow-empty")


def git(root: Path, *words: str) -> str:
    who = ["-c", "user.name=dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True).stdout


def make(root: Path, step: Callable[..., Told]) -> Toy:
    root.mkdir()
    rows = [f"{n},{n % 2},{'north' if n % 3 else 'south'}" for n in range(ROWS)]
    (root / "test.csv").write_text("\n".join(["id,label,region", *rows]) + "\n")
    (root / "train.py").write_text(TRAIN)
    (root / "metrics.yml").write_text(CONTRACT)
    (root / ".gitignore").write_text("out/\nmlflow.db\nmlruns/\nreports/\n")
    git(root, "init", "-qb", "main")
    toy = Toy(root=root, step=step)
    toy.wrong(40)
    return toy


def stepper(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Told]:
    """Return what runs one verb in an environment like a step's, with `env` added."""

    def step(*words: str, **env: str) -> Told:
        files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for name, path in files.items():
            path.write_text("")
            monkeypatch.setenv(name, str(path))
        for name, value in {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/toy", **env}.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        code = main(words)
        for name in env:
            monkeypatch.delenv(name)
        out, err = capfd.readouterr()
        return Told(
            code=code, said=out + err, outputs=_read(files["GITHUB_OUTPUT"]),
            summary=files["GITHUB_STEP_SUMMARY"].read_text(),
        )  # fmt: skip

    return step


def _read(path: Path) -> dict[str, str]:
    """Read outputs as the runner does."""
    found: dict[str, str] = {}
    lines = iter(path.read_text().splitlines())
    for line in lines:
        name, mark, rest = line.partition("<<")
        if mark:
            value = []
            while (next_line := next(lines)) != rest:
                value.append(next_line)
            found[name] = "\n".join(value)
        else:
            name, _, value_ = line.partition("=")
            found[name] = value_
    return found
