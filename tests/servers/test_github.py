"""The local GitHub is only worth something when it is as strict as the real one."""

from __future__ import annotations

import re

import pytest
import requests
from github import Auth, Github, GithubException
from github.Repository import Repository

from tests import scenarios
from tests.scenarios import WRITES
from tests.servers.github import Annotation, Artifact, GitHub, Job, Run
from tests.servers.github.calls import ROUTES


def client(server: GitHub, permissions: dict[str, str] = WRITES, name: str = "acme/model") -> Repository:
    token = server.token(permissions, repos=[name])
    api = Github(
        base_url=server.url,
        auth=Auth.Token(token.value),
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    return api.get_repo(name)


def ask(server: GitHub, method: str, path: str, *, token: str = "", **more: object) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(method, server.url + path, headers=headers, timeout=10, **more)  # type: ignore[arg-type]


def test_pygithub_reads_a_failed_run(github):
    stage = scenarios.pull_failure(github)
    stage.run.artifacts.append(Artifact(name="junit", data=b"PK"))
    repo = client(github)

    run = repo.get_workflow_run(stage.run.id)
    jobs = list(run.jobs())

    assert (run.conclusion, run.event, run.pull_requests[0].number) == ("failure", "pull_request", 1)
    assert [(job.name, job.conclusion) for job in jobs] == [("test", "failure")]
    assert [step.conclusion for step in jobs[0].steps] == ["success", "failure", "skipped"]
    assert [a.name for a in run.get_artifacts()] == ["junit"]
    assert [r.id for r in repo.get_workflow_runs(branch="main", status="success")]  # type: ignore[arg-type]
    assert repo.get_workflow("ci.yml").name == "ci"
    assert repo.get_commit(stage.run.head_sha).get_pulls()[0].number == 1


def test_pygithub_reads_code(github):
    stage = scenarios.default_branch_failure(github)
    repo = client(github)
    green, red = (r.head_sha for r in stage.repo.runs.values())

    comparison = repo.compare(green, red)

    assert (comparison.status, comparison.ahead_by) == ("ahead", 1)
    assert [f.filename for f in comparison.files] == ["src/model.py"]
    assert comparison.files[0].patch.splitlines()[-1] == "+    return x + 2"
    assert repo.get_contents("src/model.py", ref=red).decoded_content.endswith(b"x + 2\n")  # type: ignore[union-attr]
    assert [f.path for f in repo.get_contents("src")] == ["src/model.py"]  # type: ignore[union-attr]
    assert repo.get_commits(path="src/model.py")[0].sha == red
    assert repo.get_branch("main").commit.sha == red


def test_pygithub_talks(github):
    stage = scenarios.pull_failure(github)
    stage.repo.assignable.add("ann")
    repo = client(github)

    comment = repo.get_pull(1).create_issue_comment("first")
    comment.edit("second")
    issue = repo.create_issue("It broke", body="why", labels=["security"], assignees=["ann"])
    issue.add_to_labels("ml")
    issue.add_to_assignees("nobody")
    issue.edit(state="closed", state_reason="completed")
    note = repo.get_commit(stage.run.head_sha).create_comment("on the commit")
    note.edit("edited")
    repo.create_label("ci", "ff0000")

    assert [c.body for c in repo.get_issue(1).get_comments()] == ["second"]
    assert [label.name for label in repo.get_issue(2).labels] == ["security", "ml"]
    assert (stage.repo.issues[2].state, stage.repo.issues[2].assignees) == ("closed", ["ann"])
    assert [c.body for c in repo.get_commit(stage.run.head_sha).get_comments()] == ["edited"]
    assert [i.number for i in repo.get_issues(state="all")] == [2, 1]
    assert [f.filename for f in repo.get_pull(1).get_files()] == ["src/model.py"]
    comment.delete()
    note.delete()
    assert (stage.repo.comments, stage.repo.commit_comments) == ({}, {})


def test_pygithub_reads_annotations_and_dispatches(github):
    stage = scenarios.default_branch_failure(github)
    stage.run.attempts[1][0].annotations = (Annotation(path="a.py", line=3, message="no"),)
    repo = client(github, WRITES | {"actions": "write"})

    checks = repo.get_commit(stage.run.head_sha).get_check_runs()
    repo.get_workflow("ci.yml").create_dispatch("main", {"why": "again"})
    repo.create_repository_dispatch("retrain", {"why": "again"})

    assert [a.message for a in checks[0].get_annotations()] == ["no"]
    assert [d.get("event_type") for d in stage.repo.dispatches] == [None, "retrain"]


def test_a_matrix_of_256_jobs_comes_in_pages(github):
    stage = scenarios.default_branch_failure(github, logs={f"test ({n})": "x" for n in range(256)})
    repo = client(github)

    jobs = list(repo.get_workflow_run(stage.run.id).jobs())

    assert len({job.id for job in jobs}) == 256
    assert len(github.asked("GET", "/jobs")) >= 3


def test_a_log_comes_from_another_host_by_link(github):
    stage = scenarios.default_branch_failure(github, logs={"a": "text", "b": None})
    token = stage.reads()
    first, second = (job.id for job in stage.run.attempts[1])

    answer = ask(github, "GET", f"/repos/acme/model/actions/jobs/{first}/logs", token=token)
    expired = ask(github, "GET", f"/repos/acme/model/actions/jobs/{second}/logs", token=token)

    assert (answer.text, expired.status_code) == ("text", 410)
    assert [e.status for e in github.storage.exchanges] == [200]


def test_the_storage_host_refuses_a_token():
    with GitHub() as github:
        link = github.storage.link(b"log", kind="text/plain")

        answer = requests.get(link, headers={"Authorization": "Bearer x"}, timeout=10)

        assert (answer.status_code, len(github.storage.faults)) == (400, 1)


@pytest.mark.parametrize(
    ("permissions", "method", "path", "body", "status"),
    [
        ({}, "GET", "/actions/runs/{run}", None, 403),
        ({"actions": "read"}, "GET", "/actions/runs/{run}", None, 200),
        ({"actions": "read"}, "GET", "/contents/README.md", None, 403),
        ({"issues": "write"}, "POST", "/issues/1/comments", {"body": "x"}, 403),
        ({"pull-requests": "read"}, "POST", "/issues/1/comments", {"body": "x"}, 403),
        ({"pull-requests": "write"}, "POST", "/issues/1/comments", {"body": "x"}, 201),
        ({"pull-requests": "write"}, "POST", "/issues", {"title": "x"}, 403),
        ({"issues": "write"}, "POST", "/issues", {"title": "x"}, 201),
        ({"contents": "read"}, "POST", "/commits/{sha}/comments", {"body": "x"}, 201),
        ({"contents": "read"}, "POST", "/dispatches", {"event_type": "x"}, 403),
        ({"actions": "write"}, "GET", "/actions/runs", None, 200),
        ({"actions": "write", "contents": "write"}, "GET", "/issues", None, 403),
    ],
)
def test_a_token_does_what_its_permissions_cover(github, permissions, method, path, body, status):  # noqa: PLR0917 - a row of the table
    stage = scenarios.pull_failure(github)
    token = github.token(permissions)
    path = path.format(run=stage.run.id, sha=stage.run.head_sha)

    answer = ask(github, method, f"/repos/acme/model{path}", token=token.value, json=body)

    assert answer.status_code == status
    assert bool(github.refusals) == (status == 403)
    if status != 403:
        assert not token.without(*list(permissions)[:1])


def test_private_repositories_of_others_are_not_there(github):
    github.repo("other/secret")
    token = github.token(WRITES)

    assert ask(github, "GET", "/repos/other/secret", token=token.value).status_code == 404
    assert ask(github, "GET", "/repos/acme/model").status_code == 401
    assert ask(github, "GET", "/repos/acme/model", token="ghs_" + "x" * 36).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "complaint"),
    [
        ("GET", "/repos/acme/model/actions/tuns", None, "no endpoint"),
        ("GET", "/repos/acme/model/issues?author=me", None, "no query parameter 'author'"),
        ("GET", "/repos/acme/model/issues?state=broken", None, "state"),
        ("POST", "/repos/acme/model/issues", {"body": "no title"}, '"title" is a required property'),
        ("POST", "/repos/acme/model/issues", {"title": "x", "label": ["y"]}, "no body key 'label'"),
        ("POST", "/repos/acme/model/issues", None, "a body is required"),
        ("GET", "/repos/acme/model/hooks", None, "does not serve"),
    ],
)
def test_what_the_description_does_not_know_is_a_fault(method, path, body, complaint):
    with GitHub() as github:
        github.repo()
        token = github.token(WRITES)

        ask(github, method, path, token=token.value, json=body)

        assert complaint in "\n".join(github.faults)


def test_an_answer_of_the_wrong_shape_is_a_fault():
    with GitHub() as github:
        stage = scenarios.default_branch_failure(github)
        stage.run.conclusion = 7  # type: ignore[assignment]

        ask(github, "GET", f"/repos/acme/model/actions/runs/{stage.run.id}", token=stage.reads())

        assert re.search("answered.*conclusion", github.faults[0])


def test_limits_are_answered_as_documented(github):
    github.repo()
    token = github.token(WRITES)
    github.trouble(429, retry_after=1, contains="/issues")

    struck = ask(github, "GET", "/repos/acme/model/issues", token=token.value)
    after = ask(github, "GET", "/repos/acme/model/issues", token=token.value)
    token.limit = token.used
    spent = ask(github, "GET", "/repos/acme/model/issues", token=token.value)

    assert (struck.status_code, struck.headers["Retry-After"]) == (429, "1")
    assert (after.status_code, after.headers["X-RateLimit-Remaining"]) == (200, str(1000 - 1))
    assert (spent.status_code, spent.headers["X-RateLimit-Remaining"]) == (403, "0")


def test_what_is_known_already_is_not_sent_again(github):
    github.repo()
    token = github.token(WRITES).value
    first = ask(github, "GET", "/repos/acme/model/branches/main", token=token)

    again = requests.get(
        f"{github.url}/repos/acme/model/branches/main",
        headers={"Authorization": f"Bearer {token}", "If-None-Match": first.headers["ETag"]},
        timeout=10,
    )

    assert (again.status_code, again.content) == (304, b"")


def test_a_comment_over_the_limit_is_refused(github):
    scenarios.pull_failure(github)
    token = github.token(WRITES).value

    sizes = [
        ask(
            github, "POST", "/repos/acme/model/issues/1/comments", token=token, json={"body": "é" * n}
        ).status_code
        for n in (32_768, 32_769)
    ]

    assert sizes == [201, 422]


def test_a_connection_can_break_in_the_middle_of_a_log(github):
    repo = github.repo()
    run: Run = repo.add_run(jobs=[Job(name="a", log=b"x" * 1000, log_cut=10)])
    token = github.token(WRITES).value

    with pytest.raises(requests.RequestException):
        ask(github, "GET", f"/repos/acme/model/actions/jobs/{run.attempts[1][0].id}/logs", token=token)


def test_another_job_can_get_in_between(github):
    stage = scenarios.pull_failure(github)
    repo = client(github)
    github.before("POST", "/issues/1/comments", lambda: stage.repo.issues.pop(1) and None)

    with pytest.raises(GithubException):
        repo.get_issue(1).create_comment("too late")


def test_every_route_is_in_the_description():
    with GitHub() as github:
        for method, template in ROUTES:
            path = re.sub(r"\{\w+\}", "1", template)
            operation = github._description.match(method, path)
            assert getattr(operation, "template", "") == template
