"""What changed since the workflow was last green."""

from __future__ import annotations

from gatepost.clients.github import GitHub as Hub
from gatepost.evidence.changes import Changes
from gatepost.evidence.green import LastGreen
from gatepost.model import Evidence, EvidenceKind, Facts, Place
from gatepost.safety import redact
from gatepost.signals.address import Address
from gatepost.signals.run import read_run
from tests import scenarios
from tests.scenarios import Stage


def changes(stage: Stage, *places: str) -> Evidence:
    hub = Hub("acme/model", token=stage.reads(), api_url=stage.github.url)
    reading = read_run(hub, Address(repository="acme/model", run_id=stage.run.id))
    green = LastGreen(hub=hub, failed=reading.payload, default_branch=reading.signal.default_branch)
    facts = Facts(places=tuple(Place(path=path) for path in places))
    log = Evidence(name="log:t", kind=EvidenceKind.LOG, body=redact("x"), source="", facts=facts)
    (found,) = Changes(hub=hub, run=reading.signal, green=green).follow([log])
    return found


def test_commits_and_files_since_green_are_told(github):
    found = changes(scenarios.default_branch_failure(github))

    assert "last green run: #1 on main" in found.body
    assert "Add instead" in found.body
    assert "modified src/model.py (+1 -1)" in found.body


def test_files_that_decide_the_build_come_first_and_are_marked(github):
    stage = scenarios.default_branch_failure(github)
    files = {
        "a.txt": "1\n",
        "uv.lock": "1\n",
        "pyproject.toml": "1\n",
        ".github/workflows/ci.yml": "on: pull\n",
    }
    stage.run.head_sha = stage.repo.commit(files=files).sha

    lines = changes(stage, "src/model.py").body.split("\n")

    at = lines.index(next(line for line in lines if line.startswith("files changed")))
    assert [line.split()[1] for line in lines[at + 1 : at + 6]] == [
        "src/model.py",
        ".github/workflows/ci.yml",
        "pyproject.toml",
        "uv.lock",
        "a.txt",
    ]
    assert "<- named by the log" in lines[at + 1]
    assert "change of pyproject.toml:" in lines
    assert "change of a.txt:" not in lines


def test_the_same_commit_that_passed_before_points_outside_it(github):
    stage = scenarios.default_branch_failure(github)
    green = next(run for run in stage.repo.runs.values() if run.conclusion == "success")
    stage.run.head_sha = green.head_sha

    assert "the same commit passed before" in changes(stage).body


def test_a_branch_without_a_green_run_is_compared_with_the_default_branch(github):
    assert "last green run: #1 on main" in changes(scenarios.pull_failure(github)).body


def test_a_workflow_that_never_passed_costs_a_sentence(github):
    found = changes(scenarios.branch_failure(github))

    assert not found.body
    assert "no earlier run of ci passed" in found.note


def test_a_run_that_passed_later_is_no_ground_for_comparison(github):
    stage = scenarios.branch_failure(github)
    scenarios.green_run(stage.repo)

    assert "no earlier run" in changes(stage).note


def test_more_than_can_be_listed_is_counted(github):
    stage = scenarios.default_branch_failure(github)
    for number in range(30):
        stage.run.head_sha = stage.repo.commit(message=f"Step {number}", files={f"f{number}": "x\n"}).sha

    found = changes(stage)

    assert "commits: 31" in found.body
    assert "16 commits or files are not listed." in found.note
