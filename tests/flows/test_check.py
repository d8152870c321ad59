"""`gatepost check` as a step runs it."""

from __future__ import annotations

import json
import sys

import pytest

from tests.flows import toy


@pytest.fixture
def repository(tmp_path, monkeypatch, capfd):
    made = toy.make(tmp_path / "toy", toy.stepper(tmp_path, monkeypatch, capfd))
    (made.root / ".venv").symlink_to(sys.prefix)
    (made.root / "train.py").write_text("VALUE = 1\n")
    (made.root / "test_it.py").write_text("def test_it():\n    assert 1 + 1 == 2\n")
    return made


def test_a_good_repository_passes_with_outputs_and_a_verdict_file(repository, tmp_path):
    told = repository.step("check", str(repository.root), "--verdict", str(tmp_path / "v" / "check.json"))

    verdict = json.loads((tmp_path / "v" / "check.json").read_text())
    assert told.code == 0
    assert told.outputs["passed"] == "true"
    assert told.outputs["tests"] == "1 run, 0 failed, 0 skipped"
    assert "### ✅ check passed" in told.summary
    assert (verdict["gate"], verdict["passed"]) == ("check", True)
    assert (repository.root / "reports" / "junit.xml").is_file()


def test_a_failing_test_is_one_with_an_annotation_at_its_line(repository):
    (repository.root / "test_it.py").write_text("def test_it():\n    assert 1 + 1 == 3\n")

    told = repository.step("check", str(repository.root))

    assert told.code == 1
    assert told.outputs["passed"] == "false"
    assert "::error file=test_it.py,line=2,title=check/test-failed::" in told.said


def test_coverage_below_what_the_action_asks_stops(repository):
    (repository.root / "train.py").write_text("def unused():\n    value = 1\n    return value\n")
    (repository.root / "test_it.py").write_text("import train\n\n\ndef test_it():\n    assert train\n")

    told = repository.step("check", str(repository.root), GATEPOST_MIN_COVERAGE="99")

    assert told.code == 1
    assert "at least 99.0 % is asked" in told.said


@pytest.mark.parametrize(
    ("words", "message"),
    [(["--min-coverage", "lots"], "min-coverage is 'lots'"), (["--timeout", "0"], "timeout is '0'")],
)
def test_a_limit_that_is_no_number_says_what_to_write(repository, words, message):
    told = repository.step("check", str(repository.root), *words)

    assert told.code == 2
    assert message in told.said
    assert "write a number" in told.said


def test_a_folder_that_is_not_there_says_so(repository):
    told = repository.step("check", "nowhere")

    assert told.code == 2
    assert "there is no folder 'nowhere'" in told.said
