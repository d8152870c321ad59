"""Source around the places a log names: only what is in the tree, and only as data."""

from __future__ import annotations

import pytest

from gatepost.clients.github import GitHub as Hub
from gatepost.evidence.source import AROUND, MOST_PLACES, Source
from gatepost.model import Evidence, EvidenceKind, Facts, Place
from gatepost.safety import redact
from gatepost.signals.address import Address
from gatepost.signals.run import read_run
from tests import scenarios
from tests.scenarios import Stage

FIFTY = "".join(f"line {n}\n" for n in range(1, 51))


def named(*places: tuple[str, int], step: str = "") -> Evidence:
    facts = Facts(step=step, places=tuple(Place(path=path, line=line) for path, line in places))
    return Evidence(name="log:test", kind=EvidenceKind.LOG, body=redact("x"), source="", facts=facts)


def stage_with(github, files: dict[str, str | bytes | None]) -> Stage:
    stage = scenarios.default_branch_failure(github)
    stage.run.head_sha = stage.repo.commit(files=files).sha
    return stage


def follow(stage: Stage, evidence: Evidence, *, known: tuple[str, ...] = ()) -> list[Evidence]:
    hub = Hub("acme/model", token=stage.reads(), api_url=stage.github.url)
    run = read_run(hub, Address(repository="acme/model", run_id=stage.run.id)).signal
    return list(Source(hub=hub, run=run, server_url="https://github.com", known=known).follow([evidence]))


def test_the_lines_around_a_place_are_shown_with_numbers_and_a_link(github):
    stage = stage_with(github, {"src/a.py": FIFTY})

    (found,) = follow(stage, named(("src/a.py", 20)))

    assert found.line_numbers == tuple(range(20 - AROUND, 20 + AROUND + 1))
    assert found.body.split("\n")[AROUND] == "line 20"
    assert found.source.endswith(f"/blob/{stage.run.head_sha}/src/a.py#L12-L28")


def test_places_of_one_file_that_touch_are_shown_once(github):
    stage = stage_with(github, {"src/a.py": FIFTY})

    assert len(follow(stage, named(("src/a.py", 10), ("src/a.py", 14)))) == 1
    assert len(follow(stage, named(("src/a.py", 10), ("src/a.py", 40)))) == 2


@pytest.mark.parametrize("line", [1, 50, 51, 0])
def test_the_ends_of_a_file_are_no_obstacle(github, line):
    (found,) = follow(stage_with(github, {"src/a.py": FIFTY}), named(("src/a.py", line)))

    assert 1 <= found.line_numbers[0] <= found.line_numbers[-1] <= 51


def test_a_line_beyond_the_end_shows_nothing(github):
    assert follow(stage_with(github, {"src/a.py": FIFTY}), named(("src/a.py", 5000))) == []


@pytest.mark.parametrize("path", ["src/none.py", "../a.py", "/etc/passwd", "src/../../a.py", ".git/x", ""])
def test_what_is_not_in_the_tree_is_never_asked_for(github, path):
    stage = stage_with(github, {"src/a.py": FIFTY})

    assert follow(stage, named((path, 3))) == []
    assert not github.asked("GET", "/git/blobs/")


def test_a_path_printed_from_a_subfolder_is_found_when_only_one_file_ends_so(github):
    stage = stage_with(github, {"pkg/src/only.py": FIFTY, "a/twin.py": FIFTY, "b/twin.py": FIFTY})

    assert [e.subject for e in follow(stage, named(("src/only.py", 3), ("twin.py", 3)))] == [
        "pkg/src/only.py"
    ]


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (b"\0\1\2" * 100, "", "is binary"),
        (b"x" * (1024 * 1024 + 1), "", "holds 1048577 bytes"),
        (b"/etc/passwd", "120000", "is a symbolic link"),
        (b"x", "160000", "is a submodule"),
    ],
    ids=["binary", "huge", "link", "submodule"],
)
def test_what_is_no_plain_text_costs_a_sentence(github, content, mode, said):
    stage = stage_with(github, {"src/odd": content})
    if mode:
        stage.repo.commits[stage.run.head_sha].modes = {"src/odd": mode}

    (found,) = follow(stage, named(("src/odd", 1)))

    assert not found.body
    assert said in found.note


def test_a_handful_of_places_is_read_however_many_are_named(github):
    files = {f"src/f{n}.py": FIFTY for n in range(40)}
    places = [(path, 3) for path in files]

    assert len(follow(stage_with(github, dict(files)), named(*places))) == MOST_PLACES


def test_the_failed_step_is_shown_as_the_workflow_declares_it(github):
    workflow = "on: push\njobs:\n  t:\n    steps:\n      - name: Unit tests\n        run: pytest -q\n"
    stage = stage_with(github, {".github/workflows/ci.yml": workflow})

    (found,) = follow(stage, named(step="Unit tests"))

    assert found.subject == ".github/workflows/ci.yml"
    assert "run: pytest -q" in found.body


def test_a_secret_in_the_source_is_blanked(github):
    secret = "correct-horse-battery"
    stage = stage_with(github, {"src/a.py": f"x = 1\npassword = '{secret}'\n"})

    (found,) = follow(stage, named(("src/a.py", 1)), known=(secret,))

    assert secret not in found.body
    assert "x = 1" in found.body
