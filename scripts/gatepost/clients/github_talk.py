"""Where people talk on GitHub: comments on pull requests and commits, issues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import Login
from gatepost.errors import UpstreamError

MOST_LISTED = 1_000
"""Comments or issues looked through; an own post beyond these is not found again."""

Shape = TypeVar("Shape", bound=BaseModel)


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CommentPayload(_Payload):
    """A comment on an issue, a pull request or a commit."""

    id: int
    body: str | None = None
    html_url: str = ""
    user: Login | None = None


class IssuePayload(_Payload):
    """An issue; the API lists pull requests among them."""

    number: int
    state: str = "open"
    title: str = ""
    body: str | None = None
    html_url: str = ""
    user: Login | None = None
    pull_request: object | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """The comments of one pull request or one commit."""

    hub: GitHub
    thread: str
    """Path of the list below the repository."""

    single: str
    """Path of one comment, before its id."""

    @classmethod
    def on_pull(cls, hub: GitHub, number: int) -> Comments:
        """Comments in the conversation of a pull request, which is an issue too."""
        return cls(hub=hub, thread=f"/issues/{number}/comments", single="/issues/comments")

    @classmethod
    def on_commit(cls, hub: GitHub, sha: str) -> Comments:
        """Comments on a commit as a whole."""
        return cls(hub=hub, thread=f"/commits/{sha}/comments", single="/comments")

    def every(self) -> Iterator[CommentPayload]:
        """List them, oldest first."""
        return self.hub.every(CommentPayload, self.thread, most=MOST_LISTED)

    def create(self, body: str) -> CommentPayload:
        """Write a new one."""
        return _shaped(CommentPayload, self.hub.send("POST", self.thread, body={"body": body}))

    def edit(self, number: int, body: str) -> CommentPayload:
        """Replace the text of one."""
        answer = self.hub.send("PATCH", f"{self.single}/{number}", body={"body": body})
        return _shaped(CommentPayload, answer)

    def delete(self, number: int) -> None:
        """Remove one."""
        self.hub.send("DELETE", f"{self.single}/{number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """The issues of a repository."""

    hub: GitHub

    def recent(self) -> Iterator[IssuePayload]:
        """
        List issues, open and closed, those last touched first.

        No filter by author: for apps the name to filter by is not documented.
        """
        params = {"state": "all", "sort": "updated", "direction": "desc"}
        for issue in self.hub.every(IssuePayload, "/issues", params=params, most=MOST_LISTED):
            if issue.pull_request is None:
                yield issue

    def create(self, *, title: str, body: str) -> IssuePayload:
        """Open a new one."""
        return _shaped(IssuePayload, self.hub.send("POST", "/issues", body={"title": title, "body": body}))

    def edit(self, number: int, **fields: str) -> IssuePayload:
        """Change `title`, `body`, `state` or `state_reason`."""
        return _shaped(IssuePayload, self.hub.send("PATCH", f"/issues/{number}", body=fields))

    def label(self, number: int, labels: tuple[str, ...]) -> None:
        """Add labels to an issue or a pull request; those it has stay."""
        self.hub.send("POST", f"/issues/{number}/labels", body={"labels": list(labels)})

    def assign(self, number: int, logins: tuple[str, ...]) -> None:
        """Assign people; GitHub leaves out those who cannot be assigned."""
        self.hub.send("POST", f"/issues/{number}/assignees", body={"assignees": list(logins)})


def _shaped(shape: type[Shape], answer: object) -> Shape:
    try:
        return shape.model_validate(answer)
    except ValidationError as error:
        raise UpstreamError(
            "GitHub's answer to a write is not what its API documents",
            fix="check the API's address; behind it may be a proxy",
        ) from error
