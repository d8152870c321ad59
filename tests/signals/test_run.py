"""A run as a signal: where its commit is, and which pull requests it belongs to."""

from __future__ import annotations

import pytest

from gatepost.clients.github import GitHub as Hub
from gatepost.signals.address import Address
from gatepost.signals.run import read_jobs, read_run
from tests import scenarios
from tests.scenarios import READS, Stage


def hub(stage: Stage, token: str = "") -> Hub:
    return Hub("acme/model", token=token or stage.reads(), api_url=stage.github.url)


def address(stage: Stage, **facts: int) -> Address:
    return Address(repository="acme/model", run_id=stage.run.id, **facts)


def test_a_push_to_the_default_branch_is_known_as_one(github):
    stage = scenarios.default_branch_failure(github)

    run = read_run(hub(stage), address(stage)).signal

    assert run.on_default_branch
    assert run.pulls == ()
    assert (run.workflow, run.workflow_path, run.conclusion) == ("ci", ".github/workflows/ci.yml", "failure")
    assert run.subject == "ci #2 on main"


@pytest.mark.parametrize("fork", [False, True])
def test_a_pull_request_is_found_also_from_a_fork(github, fork):
    stage = scenarios.pull_failure(github, fork=fork)

    run = read_run(hub(stage), address(stage)).signal

    assert run.pulls == (stage.pull.number,)
    assert not run.on_default_branch
    assert run.head_repository == ("guest/model" if fork else "acme/model")


@pytest.mark.parametrize("fork", [False, True])
def test_a_pull_request_that_moved_on_is_not_the_runs(github, fork):
    stage = scenarios.pull_failure(github, fork=fork)
    stage.pull.pull.head_sha = stage.run.head_repo.commit(branch="change", files={"x": "y"}).sha

    assert read_run(hub(stage), address(stage)).signal.pulls == ()


def test_a_closed_pull_request_is_not_the_runs(github):
    stage = scenarios.pull_failure(github, fork=True)
    stage.pull.state = "closed"

    assert read_run(hub(stage), address(stage)).signal.pulls == ()


def test_a_branch_of_a_fork_called_like_the_default_branch_is_not_it(github):
    stage = scenarios.pull_failure(github, fork=True)
    stage.run.head_branch = "main"
    stage.run.event = "push"

    assert not read_run(hub(stage), address(stage)).signal.on_default_branch


def test_a_token_that_may_not_see_pull_requests_still_reads_the_run(github):
    stage = scenarios.pull_failure(github)
    token = github.token({k: v for k, v in READS.items() if k != "pull-requests"}).value

    assert read_run(hub(stage, token), address(stage)).signal.run_id == stage.run.id


def test_an_earlier_attempt_is_read_as_it_was(github):
    stage = scenarios.default_branch_failure(github)
    again = scenarios.failed_jobs({"again": scenarios.PYTEST_LOG})
    stage.repo.add_attempt(stage.run, jobs=again, conclusion="failure")

    first = read_run(hub(stage), address(stage, attempt=1)).signal
    latest = read_run(hub(stage), address(stage)).signal

    assert (first.attempt, latest.attempt) == (1, 2)
    assert latest.subject.endswith("attempt 2")
    assert [j.name for j in read_jobs(hub(stage), address(stage), attempt=1)] == ["test"]
    assert [j.name for j in read_jobs(hub(stage), address(stage), attempt=2)] == ["again"]


def test_one_job_can_be_meant(github):
    stage = scenarios.default_branch_failure(github, logs={"a": "x", "b": "y"})
    wanted = stage.run.attempts[1][1]

    read = read_jobs(hub(stage), address(stage, job_id=wanted.id), attempt=1)

    assert [job.name for job in read] == ["b"]


def test_a_secret_in_a_branch_name_does_not_get_into_the_title(github):
    stage = scenarios.branch_failure(github, branch="ghp_" + "a1B2" * 9)

    assert "ghp_a1B2" not in read_run(hub(stage), address(stage)).signal.subject
