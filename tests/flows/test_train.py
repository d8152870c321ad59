"""`gatepost train` as a step runs it: what is registered, and what is not."""

from __future__ import annotations

import json

import pytest

from gatepost.clients.mlflow import CHALLENGER
from gatepost.flows._registry import open_registry
from tests.flows import toy


@pytest.fixture
def repository(tmp_path, monkeypatch, capfd):
    return toy.make(tmp_path / "toy", toy.stepper(tmp_path, monkeypatch, capfd))


def test_a_training_becomes_a_version_with_where_it_came_from(repository):
    told = repository.step("train", str(repository.root), GITHUB_RUN_ID="7")

    version = open_registry(repository.root, {}).alias("toy", CHALLENGER)
    assert told.code == 0
    assert version
    assert (told.outputs["model"], told.outputs["model-version"]) == ("toy", version.number)
    assert told.outputs["mlflow-run"] == version.run_id
    assert version.tags["commit"] == toy.git(repository.root, "rev-parse", "HEAD").strip()
    assert version.tags["workflow_run"] == "7"
    assert len(version.tags["test_set_sha256"]) == 64


def test_a_training_that_lies_is_not_registered(repository):
    script = repository.root / "train.py"
    script.write_text(script.read_text().replace("(len(rows) - wrong) / len(rows)", "0.99"))
    repository.wrong(40)

    told = repository.step("train", str(repository.root))

    assert told.code == 1
    assert "metrics.json says accuracy 0.9900, but 0.9000" in told.said
    assert "model-version" not in told.outputs
    assert not (repository.root / "mlflow.db").exists()


def test_without_a_registry_it_is_judged_only(repository, tmp_path):
    told = repository.step(
        "train", str(repository.root), "--no-register", "--verdict", str(tmp_path / "t.json")
    )

    assert told.code == 0
    assert json.loads((tmp_path / "t.json").read_text())["facts"]["accuracy"] == "0.9"
    assert not (repository.root / "mlflow.db").exists()


def test_a_registry_that_does_not_answer_says_so_after_the_training(repository):
    told = repository.step(
        "train",
        str(repository.root),
        MLFLOW_TRACKING_URI="http://127.0.0.1:9",
        MLFLOW_HTTP_REQUEST_MAX_RETRIES="0",
    )

    assert told.code == 3
    assert "check MLFLOW_TRACKING_URI" in told.said
