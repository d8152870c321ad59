"""One issue for a broken default branch: opened, kept up, reopened when it recurs, closed when green."""

from __future__ import annotations

from dataclasses import dataclass, field

from gatepost.clients.github_talk import IssuePayload, Issues
from gatepost.model import Post, Run
from gatepost.posts.body import Telling, resolved
from gatepost.report import marker


@dataclass(slots=True, kw_only=True)
class IssueOutlet:
    """Writes or edits the one open issue with a post's key."""

    name: str
    issues: Issues
    login: str
    telling: Telling
    number: int = field(default=0, init=False)
    """Of the issue last published to; 0 before."""

    news: bool = field(default=False, init=False)
    """Whether the last `publish` told its readers something new."""

    def publish(self, post: Post) -> str:
        """Edit our open issue, else reopen the one closed for the same failure, else open one."""
        if issue := self._standing(post):
            return self._edit(issue, post)
        self.news = True
        made = self.issues.create(title=post.title, body=self.telling.text(None))
        oldest = min(self._own(post.key, state="open"), key=lambda i: i.number, default=made)
        if oldest.number < made.number:
            self._fold(made, into=oldest)
            return self._edit(oldest, post)
        self.number = made.number
        return made.html_url

    def _standing(self, post: Post) -> IssuePayload | None:
        """Find the oldest open issue; else the newest closed one that knew this failure."""
        known = list(self._own(post.key))
        if still := [i for i in known if i.state == "open"]:
            return min(still, key=lambda i: i.number)
        closed = sorted((i for i in known if i.state == "closed"), key=lambda i: -i.number)
        return next((i for i in closed if _knew(i, post)), None)

    def _own(self, key: str, *, state: str = "") -> list[IssuePayload]:
        return [i for i in own_issues(self.issues, login=self.login, key=key) if state in ("", i.state)]

    def _edit(self, issue: IssuePayload, post: Post) -> str:
        self.number = issue.number
        before = marker.read(issue.body or "")
        if before and self.telling.outdated(before):
            return issue.html_url
        self.news = self.telling.news(before)
        reopened = {"state": "open"} if issue.state == "closed" else {}
        self.issues.edit(issue.number, title=post.title, body=self.telling.text(before), **reopened)
        return issue.html_url

    def _fold(self, made: IssuePayload, *, into: IssuePayload) -> None:
        """Close the issue that lost a race; issues cannot be deleted."""
        text = f"Another job opened #{into.number} for the same failure a moment before."
        self.issues.edit(made.number, body=text, state="closed", state_reason="not_planned")


def own_issues(issues: Issues, *, login: str, key: str) -> list[IssuePayload]:
    """Return our own issues of one conversation, open and closed."""
    return [
        issue
        for issue in issues.recent()
        if issue.user
        and issue.user.login == login
        and (known := marker.read(issue.body or ""))
        and known.key == key
    ]


def resolve_issues(issues: Issues, *, login: str, key: str, run: Run, close: bool) -> list[str]:
    """Mark our open issues of one conversation as resolved by the green `run`; return their links."""
    done = []
    for issue in own_issues(issues, login=login, key=key):
        if issue.state == "open" and (text := resolved(issue.body or "", run=run)):
            ending = {"state": "closed", "state_reason": "completed"} if close else {}
            issues.edit(issue.number, body=text, **ending)
            done.append(issue.html_url)
    return done


def _knew(issue: IssuePayload, post: Post) -> bool:
    """Whether the closed issue was about one of the failures of `post`, and was closed as resolved."""
    before = marker.read(issue.body or "")
    return before is not None and before.resolved and bool(set(before.seen) & set(post.fingerprints))
