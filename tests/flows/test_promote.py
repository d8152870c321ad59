"""`gatepost promote` as a person runs it: against the gate's decision, and before there is anything."""

from __future__ import annotations

import pytest

from gatepost.clients.mlflow import CHAMPION
from gatepost.flows._registry import open_registry
from tests.flows import toy


@pytest.fixture
def repository(tmp_path, monkeypatch, capfd):
    return toy.make(tmp_path / "toy", toy.stepper(tmp_path, monkeypatch, capfd))


def test_a_person_may_decide_otherwise_and_their_reason_is_kept(repository):
    assert repository.step("train", str(repository.root)).code == 0
    refused = repository.step("promote", str(repository.root))

    told = repository.step(
        "promote", str(repository.root), "--because", "the old one is broken", GITHUB_ACTOR="dana"
    )

    champion = open_registry(repository.root, {}).alias("toy", CHAMPION)
    assert refused.code == 4
    assert "it was never validated" in refused.said
    assert told.code == 0
    assert champion
    assert champion.tags["gatepost.because"] == "the old one is broken"
    assert champion.tags["gatepost.promoted_by"] == "dana"


def test_a_version_that_is_not_there_says_to_train(repository):
    told = repository.step("promote", str(repository.root), "--version", "7")

    assert told.code == 2
    assert "no version '7'" in told.said
