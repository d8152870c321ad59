"""What the local GitHub remembers: repositories, commits, runs, issues and comments."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_IDS = itertools.count(1001)


def new_id() -> int:
    return next(_IDS)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(slots=True, kw_only=True)
class User:
    """An account: `User`, `Bot` or `Organization`."""

    login: str
    kind: str = "User"
    id: int = field(default_factory=new_id)


@dataclass(slots=True, kw_only=True)
class Commit:
    """One commit, with its whole tree."""

    sha: str
    message: str
    files: Mapping[str, bytes]
    modes: Mapping[str, str] = field(default_factory=dict)
    """Git's mode of what is no plain file: `120000` a symbolic link, `160000` a submodule."""

    parents: tuple[str, ...] = ()
    author: User | None = None
    at: datetime = field(default_factory=now)


@dataclass(slots=True, kw_only=True)
class Annotation:
    """A note a job left on a line."""

    path: str
    line: int
    message: str
    level: str = "failure"
    title: str = ""


@dataclass(slots=True, kw_only=True)
class Job:
    """One job of one attempt; its id is also that of its check run."""

    name: str
    conclusion: str | None = "failure"
    log: bytes | None = b""
    """`None` for a log that has expired."""

    log_status: int = 410
    """What GitHub says of an expired log: 410, or 404 when it never was."""

    log_cut: int | None = None
    """The connection breaks after so many bytes of the log."""

    steps: tuple[tuple[str, str], ...] = ()
    """Name and conclusion of each."""

    annotations: tuple[Annotation, ...] = ()
    started: datetime = field(default_factory=now)
    completed: datetime | None = None
    runner: str = "GitHub Actions 12"
    id: int = field(default_factory=new_id)
    attempt: int = 1


@dataclass(slots=True, kw_only=True)
class Artifact:
    """A zip that a run uploaded."""

    name: str
    data: bytes
    expired: bool = False
    id: int = field(default_factory=new_id)


@dataclass(slots=True, kw_only=True)
class Workflow:
    """A workflow file."""

    name: str
    path: str
    id: int = field(default_factory=new_id)


@dataclass(slots=True, kw_only=True)
class Run:
    """A workflow run with all its attempts."""

    workflow: Workflow
    number: int
    head_sha: str
    head_branch: str
    head_repo: Repo
    event: str = "push"
    status: str = "completed"
    conclusion: str | None = "failure"
    title: str = ""
    actor: User = field(default_factory=lambda: User(login="dev"))
    attempts: dict[int, list[Job]] = field(default_factory=dict)
    artifacts: list[Artifact] = field(default_factory=list)
    pulls: list[int] = field(default_factory=list)
    at: datetime = field(default_factory=now)
    id: int = field(default_factory=new_id)

    @property
    def attempt(self) -> int:
        return max(self.attempts, default=1)


@dataclass(slots=True, kw_only=True)
class Comment:
    """On an issue, a pull request or a commit."""

    body: str
    user: User
    number: int = 0
    """Of the issue or pull request; 0 on a commit."""

    sha: str = ""
    path: str | None = None
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)
    id: int = field(default_factory=new_id)
    edits: int = 0


@dataclass(slots=True, kw_only=True)
class Label:
    """A label of a repository."""

    name: str
    color: str = "ededed"
    description: str | None = None
    id: int = field(default_factory=new_id)


@dataclass(slots=True, kw_only=True)
class Pull:
    """What makes an issue a pull request."""

    head_repo: Repo
    head_branch: str
    head_sha: str
    base_branch: str
    base_sha: str
    merged: bool = False


@dataclass(slots=True, kw_only=True)
class Issue:
    """An issue, or with `pull` a pull request."""

    number: int
    title: str
    body: str | None
    user: User
    state: str = "open"
    reason: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    pull: Pull | None = None
    locked: bool = False
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)
    closed: datetime | None = None
    id: int = field(default_factory=new_id)


@dataclass(slots=True, kw_only=True, eq=False)
class Repo:
    """One repository and everything in it."""

    full_name: str
    private: bool = True
    default_branch: str = "main"
    fork_of: Repo | None = None
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    workflows: list[Workflow] = field(default_factory=list)
    runs: dict[int, Run] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    commit_comments: dict[int, Comment] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    assignable: set[str] = field(default_factory=set)
    forks: list[Repo] = field(default_factory=list)
    dispatches: list[dict[str, object]] = field(default_factory=list)
    id: int = field(default_factory=new_id)

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        return self.full_name.partition("/")[2]

    def find_commit(self, ref: str) -> Commit | None:
        """Look up a branch, a SHA or at least 7 characters of one; forks share their objects."""
        ref = ref.removeprefix("refs/").removeprefix("heads/")
        family = [self, *self.forks, *([self.fork_of] if self.fork_of else [])]
        sha = self.branches.get(ref, ref)
        for repo in family:
            if sha in repo.commits:
                return repo.commits[sha]
        if len(ref) < 7:
            return None
        return next((c for r in family for s, c in r.commits.items() if s.startswith(ref)), None)

    def commit(
        self,
        *,
        branch: str = "",
        message: str = "Change things",
        files: Mapping[str, bytes | str | None] = {},
        author: User | None = None,
        at: datetime | None = None,
    ) -> Commit:
        """Add a commit on `branch`; `None` for a file removes it."""
        branch = branch or self.default_branch
        parent = self.find_commit(self.branches.get(branch, self.branches.get(self.default_branch, "")))
        tree = dict(parent.files) if parent else {}
        for path, content in files.items():
            tree.pop(path, None)
            if content is not None:
                tree[path] = content.encode() if isinstance(content, str) else content
        seed = f"{self.full_name} {branch} {message} {new_id()}"
        commit = Commit(
            sha=hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest(),
            message=message,
            files=tree,
            parents=(parent.sha,) if parent else (),
            author=author or User(login="dev"),
            at=at or now(),
        )
        self.commits[commit.sha] = commit
        self.branches[branch] = commit.sha
        return commit

    def ancestors(self, sha: str) -> list[Commit]:
        """Return the commit and what came before it, newest first."""
        line = []
        while commit := self.find_commit(sha) if sha else None:
            line.append(commit)
            sha = commit.parents[0] if commit.parents else ""
        return line

    def next_number(self) -> int:
        return max(self.issues, default=0) + 1

    def workflow(self, name: str = "ci", path: str = "") -> Workflow:
        """Return the workflow of this name, made when it is new."""
        for known in self.workflows:
            if known.name == name:
                return known
        made = Workflow(name=name, path=path or f".github/workflows/{name}.yml")
        self.workflows.append(made)
        return made

    def add_run(self, *, jobs: list[Job], **facts: object) -> Run:
        """Add a run of `jobs` as its first attempt; `facts` are fields of `Run`."""
        workflow = facts.pop("workflow", None) or self.workflow()
        assert isinstance(workflow, Workflow)
        facts.setdefault("head_branch", self.default_branch)
        facts.setdefault("head_repo", self)
        facts.setdefault("head_sha", self.branches.get(str(facts["head_branch"]), ""))
        number = 1 + sum(r.workflow is workflow for r in self.runs.values())
        run = Run(workflow=workflow, number=number, **facts)  # type: ignore[arg-type]
        self.runs[run.id] = run
        self.add_attempt(run, jobs=jobs, conclusion=run.conclusion)
        return run

    def add_attempt(self, run: Run, *, jobs: list[Job], conclusion: str | None) -> None:
        """Run it again, with these jobs."""
        attempt = max(run.attempts, default=0) + 1
        for order, job in enumerate(jobs):
            job.attempt = attempt
            job.started = run.at + timedelta(seconds=order)
            if job.conclusion is not None:
                job.completed = job.completed or job.started + timedelta(seconds=60)
        run.attempts[attempt] = jobs
        run.conclusion = conclusion

    def add_pull(
        self,
        *,
        branch: str,
        files: Mapping[str, bytes | str | None],
        title: str = "",
        fork: Repo | None = None,
    ) -> Issue:
        """Open a pull request from a new commit on `branch`, of `fork` when given."""
        head_repo = fork or self
        if fork is not None and branch not in fork.branches:
            fork.branches[branch] = self.branches[self.default_branch]
        commit = head_repo.commit(branch=branch, message=title or f"Work on {branch}", files=files)
        issue = Issue(
            number=self.next_number(),
            title=title or f"Work on {branch}",
            body="",
            user=User(login=fork.owner if fork else "dev"),
            pull=Pull(
                head_repo=head_repo,
                head_branch=branch,
                head_sha=commit.sha,
                base_branch=self.default_branch,
                base_sha=self.branches[self.default_branch],
            ),
        )
        self.issues[issue.number] = issue
        return issue

    def add_fork(self, owner: str) -> Repo:
        """Fork it under another account."""
        fork = Repo(
            full_name=f"{owner}/{self.name}",
            private=self.private,
            default_branch=self.default_branch,
            fork_of=self,
            branches=dict(self.branches),
        )
        self.forks.append(fork)
        return fork

    def thread(self, number: int) -> list[Comment]:
        """Return the comments of an issue or pull request, oldest first."""
        return [c for c in self.comments.values() if c.number == number]
