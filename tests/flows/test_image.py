"""`gatepost image` as a step runs it where it cannot go on. `make road` builds and pushes for real."""

from __future__ import annotations

import shutil

import pytest

from tests.flows import toy

NAME = "ghcr.io/acme/toy"


@pytest.fixture
def repository(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(shutil.which("git", path="/usr/local/bin:/usr/bin:/bin"))
    made = toy.make(tmp_path / "toy", toy.stepper(tmp_path, monkeypatch, capfd))
    (made.root / "Dockerfile").write_text("FROM scratch\n")
    return made


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        ([], "no image is named", 2),
        (["--image", f"{NAME}:latest"], "no tag that stays", 2),
        (["--image", "toy"], "not registry/name:tag", 2),
        (["--image", NAME, "--dockerfile", "Other"], "there is no Dockerfile", 2),
        (["--image", NAME], "buildah is not installed", 3),
    ],
)
def test_what_keeps_it_from_building_is_said(repository, words, message, code):
    told = repository.step("image", str(repository.root), *words)

    assert told.code == code
    assert message in told.said
    assert "digest" not in told.outputs


def test_a_severity_that_is_none_names_those_that_are(repository):
    told = repository.step("image", str(repository.root), "--image", NAME, GATEPOST_FAIL_ON="awful")

    assert told.code == 2
    assert "write low, medium, high or critical" in told.said


def test_a_folder_without_a_commit_has_nothing_to_be_called_after(repository):
    shutil.rmtree(repository.root / ".git")

    told = repository.step("image", str(repository.root), "--image", NAME)

    assert told.code == 2
    assert "is no git checkout with a commit" in told.said
