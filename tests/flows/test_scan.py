"""`gatepost scan` as a step runs it, with real scanners."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.flows import toy

FLAW = "import yaml\n\n\ndef read(text):\n    return yaml.load(text, Loader=yaml.Loader)\n"


@pytest.fixture
def repository(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    return toy.make(tmp_path / "toy", toy.stepper(tmp_path, monkeypatch, capfd))


def test_a_flaw_stops_is_annotated_and_lies_in_the_sarif(repository, tmp_path):
    (repository.root / "read.py").write_text(FLAW)

    told = repository.step(
        "scan",
        str(repository.root),
        "--tools",
        "bandit",
        "--fail-on",
        "medium",
        "--sarif",
        str(tmp_path / "s.sarif"),
    )

    results = json.loads((tmp_path / "s.sarif").read_text())["runs"][0]["results"]
    assert told.code == 1
    assert "::error file=read.py,line=5" in told.said
    assert [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results] == ["read.py"]


def test_a_model_in_a_folder_of_its_repository_is_named_from_the_top(repository, tmp_path):
    folder = repository.root / "model"
    folder.mkdir()
    (folder / "read.py").write_text(FLAW)
    (repository.root / "beside.py").write_text(FLAW)

    told = repository.step(
        "scan", str(folder), "--tools", "bandit", "--fail-on", "medium", "--sarif", str(tmp_path / "s.sarif")
    )

    results = json.loads((tmp_path / "s.sarif").read_text())["runs"][0]["results"]
    places = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results]
    assert places == ["model/read.py"]
    assert "::error file=model/read.py,line=5" in told.said


def test_a_repository_that_git_does_not_open_is_an_error_never_a_smaller_scan(repository):
    (repository.root / ".git" / "config").write_text("[core\n")

    told = repository.step("scan", str(repository.root), "--tools", "bandit")

    assert told.code == 3
    assert "git does not open the repository" in told.said


def test_a_baseline_lets_the_old_through_and_stops_the_new(repository):
    (repository.root / "read.py").write_text(FLAW)
    words = ("scan", str(repository.root), "--tools", "bandit", "--fail-on", "medium")
    written = repository.step(*words, "--write-baseline", str(repository.root / "baseline.json"))
    (repository.root / ".gatepost.yml").write_text("scan:\n  baseline: baseline.json\n")

    old = repository.step(*words)
    (repository.root / "again.py").write_text(FLAW)
    new = repository.step(*words)

    assert (written.code, old.code, new.code) == (0, 0, 1)
    assert "again.py" in new.said


def test_a_scanner_that_is_missing_is_an_error_never_a_pass(repository):
    told = repository.step("scan", str(repository.root), "--tools", "bandit,trivy")

    assert told.code == 3
    assert "trivy is not installed" in told.said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tools", "bandit,pylint"], "there is no scanner 'pylint'"),
        (["--tools", "bandit"], "fail-on is 'awful'"),
    ],
)
def test_what_is_not_known_names_what_is(repository, words, message):
    told = repository.step("scan", str(repository.root), *words, GATEPOST_FAIL_ON="awful")

    assert told.code == 2
    assert message in told.said
