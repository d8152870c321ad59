from __future__ import annotations

import pytest

from gatepost.errors import ConfigError, RefusedError
from tests.flows.handoff_bench import open_bench
from tests.servers.manifests import git
from tests.servers.registry import Registry

SLUG = "acme/infra-manifests"


@pytest.fixture
def bench(tmp_path, github):
    """A manifests repository whose git server and GitHub's API answer for one and the same."""
    repo = github.repo(SLUG)
    repo.commit(message="Keep manifests here")
    token = github.token({"contents": "write", "pull-requests": "write"}, repos=[SLUG])
    folder = tmp_path / "acme"
    folder.mkdir()
    with Registry() as registry:
        bench = open_bench(folder, registry)
        bench.env = {
            "GITHUB_SERVER_URL": f"file://{tmp_path}",
            "GITHUB_API_URL": github.url,
            "GATEPOST_GITHUB_TOKEN": token.value,
            "GATEPOST_MANIFESTS": SLUG,
        }
        yield bench


@pytest.fixture
def branch(bench, github):
    """The branch of the version under test, which GitHub knows once it is pushed."""
    bench.deliver(1, "--dry-run")
    name = f"gatepost/staging/churn/deliver-{bench.commits[1][:12]}"
    github.repos[SLUG].commit(branch=name)
    return name


def test_a_pull_request_holds_the_commit_and_the_branch_stays(bench, branch, github):
    before = bench.server.tip()

    told = bench.deliver(1, "--pull-request")

    (opened,) = github.asked("POST", "/pulls")
    assert told["pull-request"] == opened.answer["html_url"]
    assert (opened.request.json()["head"], opened.request.json()["base"]) == (branch, "main")
    assert opened.request.json()["title"] == "Deliver churn to staging"
    assert told["digest"] in opened.request.json()["body"]
    assert told["digest"] in bench.staging(at=branch)
    assert bench.server.tip() == before
    assert not github.asked("PUT")


def test_a_second_run_finds_the_open_pull_request(bench, branch, github):
    first = bench.deliver(1, "--pull-request")

    second = bench.deliver(1, "--pull-request")

    assert (second["result"], second["pull-request"]) == ("unchanged", first["pull-request"])
    assert len(github.asked("POST", "/pulls")) == 1


def test_a_run_cut_off_after_the_push_is_finished_by_the_next(bench, branch, github):
    github.trouble(503, times=1, method="POST", contains="/pulls")
    with pytest.raises(Exception, match="503"):
        bench.deliver(1, "--pull-request")

    told = bench.deliver(1, "--pull-request")

    assert told["pull-request"]
    assert told["commit"] == bench.server.tip(branch)


def test_a_branch_that_holds_something_else_is_left_alone(bench, branch, tmp_path):
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", bench.server.url, str(other))
    git(other, "commit", "-q", "--allow-empty", "-m", "Mine")
    git(other, "push", "-q", "origin", f"HEAD:refs/heads/{branch}")

    with pytest.raises(RefusedError, match="holds something else"):
        bench.deliver(1, "--pull-request")

    assert bench.server.message(branch).strip() == "Mine"


def test_a_repository_that_is_not_on_this_github_has_no_pull_requests(bench):
    with pytest.raises(ConfigError, match="owner/name"):
        bench.deliver(1, "--pull-request", manifests=str(bench.server.path))
