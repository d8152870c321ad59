"""`gatepost validate` and `gatepost promote` as steps run them, version after version."""

from __future__ import annotations

import json

import pytest

from gatepost.clients.mlflow import CHAMPION
from gatepost.flows._registry import open_registry
from tests.flows import toy


@pytest.fixture
def repository(tmp_path, monkeypatch, capfd):
    return toy.make(tmp_path / "toy", toy.stepper(tmp_path, monkeypatch, capfd))


def delivered(repository, wrong: int):
    repository.wrong(wrong)
    assert repository.step("train", str(repository.root)).code == 0
    return repository.step("validate", str(repository.root))


def test_a_better_version_takes_the_champions_place_and_a_worse_one_stops(repository):
    first = delivered(repository, 40)
    promoted = repository.step("promote", str(repository.root))
    better = delivered(repository, 4)
    repository.step("promote", str(repository.root))
    worse = delivered(repository, 80)
    refused = repository.step("promote", str(repository.root))

    champion = open_registry(repository.root, {}).alias("toy", CHAMPION)
    assert (first.code, first.outputs["promote"]) == (0, "yes")
    assert promoted.outputs["champion"] == "1"
    assert (better.code, better.outputs["promote"]) == (0, "yes")
    assert worse.code == 1
    assert "validate/worse-than-champion" in worse.said
    assert refused.code == 4
    assert "--because" in refused.said
    assert champion
    assert champion.number == "2"


def test_the_report_holds_the_numbers_the_pictures_and_a_chart(repository):
    delivered(repository, 40)
    repository.step("promote", str(repository.root))

    told = delivered(repository, 4)

    folder = repository.root / "reports" / "validation"
    document = json.loads((folder / "validation.json").read_text())
    assert document["champion"] == "1"
    assert document["thresholds"] == {"accuracy": {"least": 0.6, "most": None}}
    assert [row["version"] for row in document["history"]] == ["1", "2"]
    assert list(folder.glob("*.png"))
    assert "xychart" in told.summary
    assert told.outputs["report"] == str(folder / "report.md")


def test_a_model_below_its_threshold_stops_and_cannot_be_promoted_by_mistake(repository):
    told = delivered(repository, 200)
    refused = repository.step("promote", str(repository.root))

    assert told.code == 1
    assert "accuracy 0.5000 is below the threshold 0.6" in told.said
    assert refused.code == 4


def test_nothing_to_judge_says_what_to_run_first(repository):
    told = repository.step("validate", str(repository.root))

    assert told.code == 2
    assert "run `gatepost train` first" in told.said
