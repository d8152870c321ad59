"""Earlier posts of our own: what they remember about the same failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gatepost.clients.github import GitHub as Hub
from gatepost.evidence.history import History
from gatepost.model import Evidence
from gatepost.report.marker import Marker
from gatepost.signals.address import Address
from gatepost.signals.run import read_run
from tests import scenarios
from tests.scenarios import Stage
from tests.servers.github.state import Comment, Issue, User

OURS = User(login="github-actions[bot]", kind="Bot")
DAY = datetime(2026, 11, 1, 12, tzinfo=UTC)


def marked(*runs: int, fingerprint: str = "abc123") -> str:
    made = Marker(key="aa", run_id=0, attempt=1)
    for day, run in enumerate(runs):
        at = DAY + timedelta(days=day)
        made = made.after(run_id=run, attempt=1, fingerprints=(fingerprint,), at=at)
    return f"### It failed\n\n{made.line()}"


def post(stage: Stage, body: str, *, user: User = OURS) -> None:
    number = stage.repo.next_number()
    stage.repo.issues[number] = Issue(number=number, title="x", body=body, user=user)


def follow(stage: Stage) -> list[Evidence]:
    hub = Hub("acme/model", token=stage.reads(), api_url=stage.github.url)
    run = read_run(hub, Address(repository="acme/model", run_id=stage.run.id)).signal
    history = History(
        hub=hub, run=run, login=OURS.login, fingerprints=lambda _: {"abc123": "`test_scale` failed"}
    )
    assert list(history.collect()) == []
    return list(history.follow([]))


def test_a_failure_met_before_is_told_with_count_dates_and_link(github):
    stage = scenarios.default_branch_failure(github)
    post(stage, marked(7, 8, 9))

    (found,) = follow(stage)

    assert found.body.startswith(
        "`test_scale` failed: met in 3 earlier runs, first 2026-11-01, last 2026-11-03; open: https://"
    )


def test_comments_on_pull_requests_and_on_the_commit_count_too(github):
    stage = scenarios.pull_failure(github)
    number = stage.pull.number
    stage.repo.comments[1] = Comment(body=marked(7), user=OURS, number=number, id=1)
    stage.repo.commit_comments[2] = Comment(body=marked(8), user=OURS, sha=stage.run.head_sha, id=2)

    (found,) = follow(stage)

    assert found.body.count("met in 1 earlier run,") == 2


def test_an_earlier_attempt_of_the_same_run_is_no_history(github):
    stage = scenarios.default_branch_failure(github)
    post(stage, marked(stage.run.id))

    assert follow(stage) == []


@pytest.mark.parametrize(
    ("body", "user"),
    [
        (marked(7, 8), User(login="mallory")),
        (marked(7, 8).replace("gatepost v1 ", "gatepost v1 AAAA"), OURS),
        (marked(7, 8, fingerprint="def456"), OURS),
        ("Thanks!", OURS),
    ],
    ids=["somebody else's", "damaged", "another failure", "without a marker"],
)
def test_what_proves_nothing_is_left_out(github, body, user):
    stage = scenarios.default_branch_failure(github)
    post(stage, body, user=user)

    assert follow(stage) == []
