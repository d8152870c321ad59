"""Errors that the failed jobs pinned to lines."""

from __future__ import annotations

import pytest

from gatepost.clients.github import GitHub as Hub
from gatepost.clients.github_payloads import JobPayload
from gatepost.errors import ConfigError
from gatepost.evidence.annotations import Annotations
from gatepost.model import Evidence
from tests import scenarios
from tests.scenarios import READS, Stage
from tests.servers.github import Annotation


def collect(stage: Stage, token: str = "") -> list[Evidence]:
    hub = Hub("acme/model", token=token or stage.reads(), api_url=stage.github.url)
    jobs = hub.every(JobPayload, f"/actions/runs/{stage.run.id}/attempts/1/jobs", key="jobs")
    return list(Annotations(hub=hub, jobs=tuple(jobs)).collect())


def stage_with(github, *annotations: Annotation) -> Stage:
    stage = scenarios.default_branch_failure(github)
    stage.run.attempts[1][0].annotations = annotations
    return stage


def test_an_error_on_a_line_is_told_with_its_place(github):
    (found,) = collect(
        stage_with(github, Annotation(path="src/model.py", line=2, message="Unused x\nmore", title="F841"))
    )

    assert found.body == "src/model.py:2: F841: Unused x\n    more"
    assert (found.subject, found.facts.places[0].line) == ("test", 2)


@pytest.mark.parametrize(
    "annotation",
    [
        Annotation(path=".github", line=1, message="Process completed with exit code 1."),
        Annotation(path="src/model.py", line=2, message="Be careful", level="warning"),
    ],
    ids=["said by every job", "a warning"],
)
def test_what_explains_nothing_is_left_out(github, annotation):
    assert collect(stage_with(github, annotation)) == []


def test_what_has_no_line_of_its_own_is_told_without_one(github):
    text = "The job has exceeded the maximum execution time of 6m0s"

    (found,) = collect(stage_with(github, Annotation(path=".github", line=1, message=text)))

    assert found.body == text
    assert found.facts.places == ()


def test_a_token_that_may_not_read_checks_is_told_which_line_to_add(github):
    stage = stage_with(github)
    token = github.token({k: v for k, v in READS.items() if k != "checks"}).value

    with pytest.raises(ConfigError) as caught:
        collect(stage, token)

    assert "`checks: read`" in caught.value.fix
    github.refusals.clear()
