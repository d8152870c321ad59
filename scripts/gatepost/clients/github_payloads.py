"""The parts of GitHub's answers that gatepost reads; anything else in them is ignored."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RepositoryRef(_Payload):
    """A repository as other objects name it."""

    full_name: str
    default_branch: str = ""
    """Only full repository objects have it."""


class Login(_Payload):
    """A person or bot."""

    login: str


class RunPayload(_Payload):
    """A workflow run, as `workflow_run` events and the run endpoints give it."""

    id: int
    name: str | None = None
    path: str = ""
    """Of the workflow file; may end in `@ref`."""

    run_number: int
    run_attempt: int = 1
    event: str
    status: str | None = None
    conclusion: str | None = None
    workflow_id: int
    head_branch: str | None = None
    head_sha: str
    html_url: str
    created_at: datetime
    updated_at: datetime
    run_started_at: datetime | None = None
    display_title: str = ""
    actor: Login | None = None
    triggering_actor: Login | None = None
    repository: RepositoryRef
    head_repository: RepositoryRef | None = None
    """`None` when a fork was deleted meanwhile."""


class StepPayload(_Payload):
    """One step of a job."""

    name: str
    number: int
    status: str
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


class JobPayload(_Payload):
    """One job of a run's attempt."""

    id: int
    run_id: int
    run_attempt: int = 1
    name: str
    status: str
    conclusion: str | None = None
    html_url: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    steps: tuple[StepPayload, ...] = ()
    labels: tuple[str, ...] = ()
    runner_name: str | None = None
    check_run_url: str = ""


class ShaRef(_Payload):
    """The tip of a branch as a pull request names it."""

    sha: str


class PullPayload(_Payload):
    """A pull request, in the short form that lists give."""

    number: int
    state: str = "open"
    head: ShaRef


class AnnotationPayload(_Payload):
    """An annotation of a check run."""

    path: str
    start_line: int
    annotation_level: str | None = None
    message: str | None = None
    title: str | None = None


class ArtifactPayload(_Payload):
    """An artifact of a run."""

    id: int
    name: str
    size_in_bytes: int
    expired: bool = False
    created_at: datetime | None = None


class TreeEntry(_Payload):
    """One entry of a tree: a `blob`, a `tree` or a submodule's `commit`."""

    path: str
    mode: str
    type: str
    sha: str
    size: int = 0
    """In bytes; 0 for anything but a blob."""


class TreePayload(_Payload):
    """A tree and, when asked for, everything below it."""

    tree: tuple[TreeEntry, ...]
    truncated: bool = False


class CommitDetail(_Payload):
    """The inner part of a commit."""

    message: str


class CommitPayload(_Payload):
    """A commit, in the short form that comparisons give."""

    sha: str
    html_url: str = ""
    commit: CommitDetail
    author: Login | None = None


class ChangedFile(_Payload):
    """One file of a comparison."""

    filename: str
    status: str
    additions: int = 0
    deletions: int = 0
    patch: str | None = None
    """Missing for binary and for very large changes."""


class ComparisonPayload(_Payload):
    """What lies between two commits; GitHub lists at most 250 commits and 300 files."""

    html_url: str = ""
    total_commits: int = 0
    commits: tuple[CommitPayload, ...] = ()
    files: tuple[ChangedFile, ...] = Field(default=())
