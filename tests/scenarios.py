"""Stages for tests: runs that failed in the ways runs fail, on the local GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers.github import GitHub, Issue, Job, Repo, Run

READS = {"actions": "read", "checks": "read", "contents": "read", "pull-requests": "read", "issues": "read"}
WRITES = {**READS, "contents": "write", "issues": "write", "pull-requests": "write"}

SOURCE = {
    "src/model.py": "def scale(x):\n    return x + 2\n",
    "tests/test_model.py": "from src.model import scale\n\n\ndef test_scale():\n    assert scale(3) == 6\n",
    ".github/workflows/ci.yml": "name: ci\non: push\n",
}

PYTEST_LOG = """\
2026-11-20T10:00:00.0000000Z ##[group]Run pytest
2026-11-20T10:00:00.1000000Z pytest
2026-11-20T10:00:00.2000000Z ##[endgroup]
2026-11-20T10:00:01.0000000Z ============================= test session starts ==============================
2026-11-20T10:00:01.1000000Z collected 1 item
2026-11-20T10:00:01.2000000Z
2026-11-20T10:00:01.3000000Z tests/test_model.py F                                                    [100%]
2026-11-20T10:00:01.4000000Z
2026-11-20T10:00:01.5000000Z =================================== FAILURES ===================================
2026-11-20T10:00:01.5000000Z __________________________________ test_scale __________________________________
2026-11-20T10:00:01.5000000Z
2026-11-20T10:00:01.5000000Z     def test_scale():
2026-11-20T10:00:01.5000000Z >       assert scale(3) == 6
2026-11-20T10:00:01.5000000Z E       assert 5 == 6
2026-11-20T10:00:01.5000000Z E        +  where 5 = scale(3)
2026-11-20T10:00:01.5000000Z
2026-11-20T10:00:01.5000000Z tests/test_model.py:5: AssertionError
2026-11-20T10:00:01.6000000Z =========================== short test summary info ============================
2026-11-20T10:00:01.6000000Z FAILED tests/test_model.py::test_scale - assert 5 == 6
2026-11-20T10:00:01.6000000Z ============================== 1 failed in 0.05s ===============================
2026-11-20T10:00:01.7000000Z ##[error]Process completed with exit code 1.
"""

GREEN_LOG = """\
2026-11-19T10:00:00.0000000Z ##[group]Run pytest
2026-11-19T10:00:00.2000000Z ##[endgroup]
2026-11-19T10:00:01.0000000Z ============================= test session starts ==============================
2026-11-19T10:00:01.1000000Z collected 1 item
2026-11-19T10:00:01.3000000Z tests/test_model.py .                                                    [100%]
2026-11-19T10:00:01.6000000Z ============================== 1 passed in 0.05s ===============================
"""

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Stage:
    """A repository with a run in it, and tokens to look at it with."""

    github: GitHub
    repo: Repo
    run: Run
    pull: Issue | None = None

    @property
    def event(self) -> dict[str, Any]:
        return self.github.event(self.run, repo=self.repo)

    @property
    def url(self) -> str:
        return f"{self.github.at.web}/{self.repo.full_name}/actions/runs/{self.run.id}"

    def reads(self) -> str:
        return self.github.token(READS, repos=[self.repo.full_name], name="reads").value

    def writes(self) -> str:
        return self.github.token(WRITES, repos=[self.repo.full_name], name="writes").value


def failed_jobs(logs: Mapping[str, str | bytes | None]) -> list[Job]:
    """Make one failed job for each name, with its log; `None` for one that has expired."""
    return [
        Job(
            name=name,
            log=log.encode() if isinstance(log, str) else log,
            steps=(("Set up job", "success"), ("Run pytest", "failure"), ("Post checkout", "skipped")),
        )
        for name, log in logs.items()
    ]


def green_run(repo: Repo, *, branch: str = "", at: datetime = AT - timedelta(days=1), **facts: Any) -> Run:
    """Add a run that passed, with the log of job `test`."""
    job = Job(name="test", conclusion="success", log=GREEN_LOG.encode(), steps=(("Run pytest", "success"),))
    return repo.add_run(
        jobs=[job], head_branch=branch or repo.default_branch, conclusion="success", at=at, **facts
    )


def default_branch_failure(
    github: GitHub, *, name: str = "acme/model", logs: Mapping[str, str | bytes | None] | None = None
) -> Stage:
    """Break the default branch: a push whose tests fail, after a green run."""
    repo = github.repo(name)
    repo.commit(message="Add the model", files=SOURCE | {"src/model.py": "def scale(x):\n    return x * 2\n"})
    green_run(repo)
    repo.commit(message="Add instead", files={"src/model.py": SOURCE["src/model.py"]})
    run = repo.add_run(jobs=failed_jobs({"test": PYTEST_LOG} if logs is None else logs), at=AT)
    return Stage(github=github, repo=repo, run=run)


def branch_failure(github: GitHub, *, name: str = "acme/model", branch: str = "feature") -> Stage:
    """Fail on a branch that has no pull request."""
    repo = github.repo(name)
    repo.commit(files=SOURCE)
    commit = repo.commit(branch=branch, message="Try something", files={"src/model.py": "x = 1\n"})
    jobs = failed_jobs({"test": PYTEST_LOG})
    run = repo.add_run(jobs=jobs, head_branch=branch, head_sha=commit.sha, at=AT)
    return Stage(github=github, repo=repo, run=run)


def pull_failure(
    github: GitHub,
    *,
    name: str = "acme/model",
    fork: bool = False,
    logs: Mapping[str, str | bytes | None] | None = None,
) -> Stage:
    """Fail on a pull request. GitHub leaves `pull_requests` of the run empty when it comes from a fork."""
    repo = github.repo(name)
    repo.commit(files=SOURCE | {"src/model.py": "def scale(x):\n    return x * 2\n"})
    green_run(repo)
    fork_repo = github.fork(repo) if fork else None
    pull = repo.add_pull(branch="change", files={"src/model.py": SOURCE["src/model.py"]}, fork=fork_repo)
    assert pull.pull is not None
    run = repo.add_run(
        jobs=failed_jobs({"test": PYTEST_LOG} if logs is None else logs),
        event="pull_request",
        head_branch="change",
        head_repo=fork_repo or repo,
        head_sha=pull.pull.head_sha,
        pulls=[] if fork else [pull.number],
        at=AT,
    )
    return Stage(github=github, repo=repo, run=run, pull=pull)


def later_green(stage: Stage) -> Stage:
    """Let the same workflow pass on the same branch, one commit later."""
    commit = stage.run.head_repo.commit(
        branch=stage.run.head_branch, files={"src/model.py": "def scale(x):\n    return x * 2\n"}
    )
    if stage.pull is not None and stage.pull.pull is not None:
        stage.pull.pull.head_sha = commit.sha
    run = green_run(
        stage.repo,
        branch=stage.run.head_branch,
        at=AT + timedelta(hours=1),
        head_sha=commit.sha,
        head_repo=stage.run.head_repo,
        event=stage.run.event,
        pulls=list(stage.run.pulls),
    )
    return Stage(github=stage.github, repo=stage.repo, run=run, pull=stage.pull)
