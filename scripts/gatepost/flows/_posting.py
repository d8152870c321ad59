"""Which places a post goes to, and what happens there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from gatepost.clients.github import GitHub
from gatepost.clients.github_payloads import RunPayload
from gatepost.clients.github_talk import Comments, Issues
from gatepost.clients.slack import Slack
from gatepost.config import Config, Route
from gatepost.errors import GatepostError
from gatepost.model import Post, Run
from gatepost.pipeline import Published, publish
from gatepost.posts.body import Telling
from gatepost.posts.comment import CommentOutlet, resolve_comments
from gatepost.posts.issue import IssueOutlet, resolve_issues
from gatepost.posts.render import key, render
from gatepost.posts.slack import SlackOutlet, green
from gatepost.report import Report
from gatepost.report.earlier import Earlier

log = logging.getLogger(__name__)

_COMMITS = 5
"""Failing commits looked back for when a run is green."""

_RUNS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One run and everything needed to tell people about it."""

    hub: GitHub
    run: Run
    workflow_id: int
    config: Config
    webhook: str
    """Of Slack; empty for none."""

    at: datetime


def post_report(report: Report, desk: Desk) -> list[str]:
    """
    Post `report` to every place it belongs; return the links, the one its author reads first.

    Raises when places were wanted and none could be written.
    """
    post = render(report, signal=desk.run)
    route = desk.config.route(*post.failures)
    telling = Telling(post=post, run=desk.run, route=route, at=desk.at, earlier=_earlier(report, desk))
    comment = _comment_outlet(desk, telling)
    issue = _issue_outlet(desk, telling)
    results = publish(post, [outlet for outlet in (comment, issue) if outlet])
    number = issue.number if issue and issue.number else next(iter(desk.run.pulls), 0)
    _tag(desk, number, route)
    news = any(outlet.news for outlet in (comment, issue) if outlet) or not results
    links = [result.url for result in results if result.url]
    if news:
        results += _tell_slack(report, post, desk, link=links[0] if links else desk.run.url)
    _refuse_silence(results)
    return links


def resolve(desk: Desk) -> list[str]:
    """Mark everything resolved that said this workflow fails here; return the links."""
    login, name, run = desk.config.posting.login, key(desk.run), desk.run
    marks = [
        partial(resolve_comments, comments, login=login, key=name, run=run)
        for comments in _green_places(desk)
    ]
    if run.on_default_branch:
        close = desk.config.posting.close
        marks.append(
            partial(resolve_issues, Issues(hub=desk.hub), login=login, key=name, run=run, close=close)
        )
    done = [link for mark in marks for link in _resolved(mark)]
    if done and desk.webhook and desk.config.posting.slack:
        _note_refusal(lambda: Slack(desk.webhook).send(green(run, link=done[0])))
    return done


def _resolved(mark: Callable[[], list[str]]) -> list[str]:
    """Resolve one place; a refusal there does not keep it from the others."""
    try:
        return mark()
    except GatepostError as error:
        log.warning("not marked as resolved: %s", error)
        return []


def _comment_outlet(desk: Desk, telling: Telling) -> CommentOutlet | None:
    """A pull request when there is one whose head is the run's commit, else the commit."""
    if not desk.config.posting.comment:
        return None
    pull = next(iter(desk.run.pulls), 0)
    place = Comments.on_pull(desk.hub, pull) if pull else Comments.on_commit(desk.hub, desk.run.head_sha)
    name = f"pull request {pull}" if pull else f"commit {desk.run.head_sha[:7]}"
    return CommentOutlet(name=name, comments=place, login=desk.config.posting.login, telling=telling)


def _issue_outlet(desk: Desk, telling: Telling) -> IssueOutlet | None:
    if not (desk.config.posting.issue and desk.run.on_default_branch):
        return None
    issues = Issues(hub=desk.hub)
    return IssueOutlet(name="issue", issues=issues, login=desk.config.posting.login, telling=telling)


def _earlier(report: Report, desk: Desk) -> tuple[Earlier, ...]:
    """Keep a model's own words about each cause that it supported, with the age they have."""
    author = report.analysis.author
    return tuple(
        Earlier(cause=cause, author=author, at=cause.told_at or desk.at)
        for cause in report.analysis.causes
        if cause.confidence is not None and cause.fingerprint and cause.supported
    )


def _tag(desk: Desk, number: int, route: Route) -> None:
    """Label and assign the issue or pull request. A refusal costs the tag, not the post."""
    issues = Issues(hub=desk.hub)
    if number and route.labels:
        _note_refusal(partial(issues.label, number, route.labels))
    if number and route.assignees:
        _note_refusal(partial(issues.assign, number, route.assignees))


def _note_refusal(act: Callable[[], object]) -> None:
    try:
        act()
    except GatepostError as error:
        log.warning("left out: %s", error)


def _tell_slack(report: Report, post: Post, desk: Desk, *, link: str) -> tuple[Published, ...]:
    if not (desk.webhook and desk.config.posting.slack):
        return ()
    try:
        channel = Slack(desk.webhook)
    except GatepostError as error:
        log.warning("Slack: %s", error)
        return (Published(outlet="Slack", problem=error.what, error=error),)
    return publish(
        post,
        [SlackOutlet(name="Slack", slack=channel, run=desk.run, analysis=report.analysis, link=link)],
    )


def _refuse_silence(results: Sequence[Published]) -> None:
    """Raise the first error when people were to be told and nobody was."""
    errors = [result.error for result in results if result.error]
    if errors and len(errors) == len(results):
        raise errors[0]


def _green_places(desk: Desk) -> Iterator[Comments]:
    """Yield where an explanation may stand that the green run resolves: pull requests and earlier commits."""
    for number in desk.run.pulls:
        yield Comments.on_pull(desk.hub, number)
    for sha in dict.fromkeys([desk.run.head_sha, *_failing_commits(desk)]):
        yield Comments.on_commit(desk.hub, sha)


def _failing_commits(desk: Desk) -> list[str]:
    """Find the commits on which this workflow failed since it was last green on the branch."""
    if not desk.run.branch:
        return []
    params = {"branch": desk.run.branch, "status": "completed"}
    path = f"/actions/workflows/{desk.workflow_id}/runs"
    failing: list[str] = []
    try:
        for run in desk.hub.every(RunPayload, path, key="workflow_runs", params=params, most=_RUNS):
            if run.id >= desk.run.run_id or _head(run) != desk.run.head_repository:
                continue
            if run.conclusion == "success" or len(failing) == _COMMITS:
                break
            failing.append(run.head_sha)
    except GatepostError as error:
        log.warning("earlier runs are left out: %s", error)
    return failing


def _head(run: RunPayload) -> str:
    return run.head_repository.full_name if run.head_repository else ""
