"""What GitHub's refusals turn into, and how lists and logs are read."""

from __future__ import annotations

import pytest

from gatepost.clients.github import GitHub as Hub
from gatepost.clients.github_payloads import JobPayload, RunPayload
from gatepost.clients.http import Limits
from gatepost.errors import ConfigError, UpstreamError
from tests import scenarios
from tests.servers.github import GitHub
from tests.servers.http import LocalServer, Reply, Request


def hub(github: GitHub, token: str, *, deadline_s: float = 20) -> Hub:
    return Hub("acme/model", token=token, api_url=github.url, limits=Limits(deadline_s=deadline_s))


def jobs(count: int) -> dict[str, str]:
    return {f"test ({number})": scenarios.PYTEST_LOG for number in range(count)}


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 256])
def test_a_list_is_read_to_its_end(github, count):
    stage = scenarios.default_branch_failure(github, logs=jobs(count))
    path = f"/actions/runs/{stage.run.id}/attempts/1/jobs"

    read = list(hub(github, stage.reads()).every(JobPayload, path, key="jobs"))

    assert [job.name for job in read] == list(jobs(count))


def test_a_list_stops_where_it_is_told(github):
    stage = scenarios.default_branch_failure(github, logs=jobs(5))
    path = f"/actions/runs/{stage.run.id}/attempts/1/jobs"

    assert len(list(hub(github, stage.reads()).every(JobPayload, path, key="jobs", most=2))) == 2


def test_an_unknown_run_is_named(github):
    stage = scenarios.default_branch_failure(github)

    with pytest.raises(ConfigError, match="/actions/runs/77 in acme/model") as caught:
        hub(github, stage.reads()).get("/actions/runs/77")

    assert "read access" in caught.value.fix


def test_no_token_says_which_variable_to_set(github):
    scenarios.default_branch_failure(github)

    with pytest.raises(ConfigError) as caught:
        hub(github, "").get("/actions/runs/77")

    assert "GITHUB_TOKEN" in caught.value.fix


def test_a_token_without_the_permission_is_told_which_line_to_add(github):
    stage = scenarios.default_branch_failure(github)
    token = github.token({"contents": "read"}).value

    with pytest.raises(ConfigError) as caught:
        hub(github, token).get(f"/actions/runs/{stage.run.id}")

    assert "`actions: read`" in caught.value.fix
    assert "permissions:" in caught.value.fix
    github.refusals.clear()


def test_a_limit_that_lasts_is_an_error_of_the_service_and_says_how_long(github):
    stage = scenarios.default_branch_failure(github)
    github.trouble(403, times=99, retry_after=3600)

    with pytest.raises(UpstreamError, match="limits this token") as caught:
        hub(github, stage.reads()).get(f"/actions/runs/{stage.run.id}")

    assert "3600 s" in caught.value.fix


def test_a_log_is_read_through_the_link_of_the_storage_host(github):
    stage = scenarios.default_branch_failure(github)
    job = stage.run.attempts[1][0]

    with hub(github, stage.reads()).open(f"/actions/jobs/{job.id}/logs") as chunks:
        assert b"".join(chunks).decode() == scenarios.PYTEST_LOG


def test_an_expired_log_says_what_to_do(github):
    stage = scenarios.default_branch_failure(github, logs={"test": None})
    job = stage.run.attempts[1][0]

    with (
        pytest.raises(UpstreamError, match="410") as caught,
        hub(github, stage.reads()).open(f"/actions/jobs/{job.id}/logs"),
    ):
        pass

    assert "re-run the job" in caught.value.fix


class Odd(LocalServer):
    """Answers what GitHub never would."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body

    def answer(self, request: Request) -> Reply:
        return Reply(body=self.body)


@pytest.mark.parametrize(
    "body", [b"<html>Sign in</html>", b"[" * 200_000, b"null", b"[]", b'{"id": "x"}', b"\xff\xfe"]
)
def test_an_answer_that_is_not_githubs_is_refused_by_name(body):
    with Odd(body) as server, pytest.raises(UpstreamError, match="not what its API documents"):
        Hub("acme/model", api_url=server.url).one(RunPayload, "/actions/runs/1")


@pytest.mark.parametrize("body", [b"{}", b'{"jobs": 3}', b'{"jobs": [7]}'])
def test_a_list_that_is_none_is_refused_by_name(body):
    with Odd(body) as server, pytest.raises(UpstreamError, match="not what its API documents"):
        list(Hub("acme/model", api_url=server.url).every(JobPayload, "/jobs", key="jobs"))
