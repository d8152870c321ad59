"""Real processes in real checkouts: what a training may do, and every way it may fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gatepost.config import contract as contracts
from gatepost.errors import ConfigError
from gatepost.gates.environment import foreign
from gatepost.gates.train import train

CONTRACT = """
model: toy
train:
  command: [{python}, train.py]
  timeout: {timeout}
  memory: 300MiB
  data: [test.csv]
validate:
  test_set: test.csv
"""
GOOD = """
import json, pathlib
out = pathlib.Path("out"); (out / "model").mkdir(parents=True)
(out / "metrics.json").write_text(json.dumps({"accuracy": 0.75, "loss": 1.5}))
(out / "predictions.csv").write_text("id,label,prediction\\n1,1,1\\n2,0,0\\n3,1,0\\n4,1,1\\n")
(out / "model" / "weights.txt").write_text("1 2 3")
"""


def repository(tmp_path: Path, script: str, *, timeout: str = "30s") -> Path:
    root = tmp_path / "toy"
    root.mkdir()
    (root / "metrics.yml").write_text(CONTRACT.format(python=json.dumps(sys.executable), timeout=timeout))
    (root / "train.py").write_text(textwrap.dedent(script))
    (root / "test.csv").write_text("id,x,y\n1,1,1\n2,2,0\n3,3,1\n4,4,1\n")
    (root / ".gitignore").write_text("out/\n")
    for argv in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *argv], cwd=root, check=True)
    return root


def run_training(root: Path, **env: str):
    return train(root, contracts.read(root), env=foreign({**os.environ, **env}))


def test_a_training_is_read_hashed_and_tied_to_its_commit(tmp_path):
    root = repository(tmp_path, GOOD)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)

    trained = run_training(root)

    assert trained.verdict.passed
    assert trained.outcome.metrics == {"accuracy": 0.75, "loss": 1.5}
    assert trained.commit == head.stdout.strip()
    assert len(trained.data_sha256["test.csv"]) == 64
    assert [p.name for p in trained.outcome.model_files] == ["weights.txt"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import time; time.sleep(60)", "did not finish within 3 s"),
        (
            "x = bytearray(900_000_000); x[::4096] = b'1' * len(x[::4096]); import time; time.sleep(9)",
            "300 MiB",
        ),
        ("raise ValueError('no such column: age')", "ValueError: no such column: age"),
        ("pass", "left no metrics.json"),
        (GOOD.replace("1.5", "float('nan')"), "loss is nan, not a finite number"),
        (GOOD.replace('"loss": 1.5', '"loss": "low"'), "loss is 'low', not a finite number"),
        (GOOD.replace("label,", "truth,"), "no column 'label'"),
        (GOOD.replace("3,1,0", "2,1,0"), "'2' stands in two rows"),
        (GOOD.replace('(out / "model" / "weights.txt").write_text("1 2 3")', ""), "left no model"),
    ],
)
def test_a_training_that_leaves_nothing_to_judge_says_why(tmp_path, script, said):
    root = repository(tmp_path, script, timeout="3s")

    with pytest.raises(ConfigError, match=said):
        run_training(root)


@pytest.mark.parametrize(
    ("script", "rule"),
    [
        (GOOD.replace("0.75", "1.75"), "train/metric-out-of-range"),
        (GOOD.replace("0.75", "0.99"), "train/metric-mismatch"),
        (GOOD.replace("\\n4,1,1", "").replace("0.75", "2/3"), "train/rows-missing"),
        (GOOD + "\npathlib.Path('metrics.yml').write_text('model: other')", "train/wrote-outside"),
        (GOOD + "\npathlib.Path('stray.txt').write_text('x')", "train/wrote-outside"),
    ],
)
def test_a_training_that_lies_or_strays_is_stopped(tmp_path, script, rule):
    trained = run_training(repository(tmp_path, script))

    assert rule in [f.rule for f in trained.verdict.findings]
    assert not trained.verdict.passed


def test_what_an_earlier_run_left_is_not_taken_for_this_one(tmp_path):
    root = repository(tmp_path, GOOD)
    run_training(root)
    (root / "train.py").write_text("pass\n")

    with pytest.raises(ConfigError, match=r"left no metrics\.json"):
        run_training(root)


def test_a_second_run_after_a_failure_continues_cleanly(tmp_path):
    root = repository(tmp_path, "raise SystemExit(3)")
    with pytest.raises(ConfigError, match="exit code 3"):
        run_training(root)
    (root / "train.py").write_text(textwrap.dedent(GOOD))

    assert run_training(root).verdict.passed


def test_training_code_sees_none_of_our_secrets(tmp_path):
    script = GOOD + "\nimport os; (out / 'params.json').write_text(json.dumps(dict(os.environ)))"

    trained = run_training(
        repository(tmp_path, script),
        GATEPOST_GITHUB_TOKEN="t-1",
        GITHUB_TOKEN="t-2",
        GITHUB_OUTPUT="/nowhere",
        MODEL_SEED="7",
    )

    seen = trained.outcome.params
    assert seen["MODEL_SEED"] == "7"
    assert not {"GATEPOST_GITHUB_TOKEN", "GITHUB_TOKEN", "GITHUB_OUTPUT", "VIRTUAL_ENV"} & seen.keys()


def test_data_that_is_not_there_is_named(tmp_path):
    root = repository(tmp_path, GOOD)
    (root / "test.csv").unlink()

    with pytest.raises(ConfigError, match=r"names 'test\.csv', which cannot be read"):
        run_training(root)
