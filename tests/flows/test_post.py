"""One post per conversation: edited, counted, raced for, resolved; and never about another run."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gatepost import report
from gatepost.analysis.rules import Rules
from gatepost.errors import ConfigError, GatepostError, RefusedError
from gatepost.flows import post
from gatepost.report import marker
from tests.analysis.making import dossier, log_of
from tests.scenarios import (
    READS,
    Stage,
    branch_failure,
    default_branch_failure,
    later_green,
    pull_failure,
)
from tests.servers.github import GitHub
from tests.servers.github.state import Workflow
from tests.servers.slack import Slack

TEXT = "FAILED tests/test_model.py::test_scale - assert 5 == 6"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class Desk:
    """Runs the verb as the posting job of a workflow does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def report(self, stage: Stage, text: str = TEXT, **fields: object) -> str:
        about = {"repository": stage.repo.full_name, "run_id": stage.run.id, **fields}
        packet = dossier([log_of("test", text)], **about)
        path = self.folder / "report.json"
        path.write_bytes(report.dump(report.build(packet, Rules().analyse(packet))))
        return str(path)

    def env(self, stage: Stage, *, token: str = "", webhook: str = "") -> Mapping[str, str]:
        event = self.folder / f"event-{stage.run.id}.json"
        event.write_text(json.dumps(stage.event))
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": stage.repo.full_name,
            "GITHUB_API_URL": stage.github.at.api,
            "GITHUB_SERVER_URL": stage.github.at.web,
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GATEPOST_GITHUB_TOKEN": token or stage.writes(),
            "GATEPOST_SLACK_WEBHOOK": webhook,
        }

    def post(self, stage: Stage, *words: str, token: str = "", webhook: str = "") -> int:
        parser = argparse.ArgumentParser()
        post.add_arguments(parser)
        return post.run(parser.parse_args(words), self.env(stage, token=token, webhook=webhook))


def comments(stage: Stage) -> list[str]:
    return [c.body or "" for c in stage.repo.comments.values()]


def commit_comments(stage: Stage) -> list[str]:
    return [c.body or "" for c in stage.repo.commit_comments.values()]


def own_issues(stage: Stage) -> list:
    return [i for i in stage.repo.issues.values() if i.pull is None]


@pytest.mark.parametrize("fork", [False, True], ids=["own branch", "fork"])
def test_a_pull_request_gets_one_comment(github: GitHub, desk: Desk, fork: bool) -> None:
    stage = pull_failure(github, fork=fork)

    assert desk.post(stage, desk.report(stage)) == 0

    [body] = comments(stage)
    assert "test_scale" in body
    assert commit_comments(stage) == []
    assert own_issues(stage) == []
    assert "posted-url" in (desk.folder / "output").read_text()


def test_a_commit_without_pull_request_gets_a_commit_comment(github: GitHub, desk: Desk) -> None:
    stage = branch_failure(github)

    desk.post(stage, desk.report(stage))

    assert len(commit_comments(stage)) == 1
    assert own_issues(stage) == []


def test_a_pull_request_that_moved_on_is_not_commented(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)
    assert stage.pull is not None
    assert stage.pull.pull is not None
    stage.pull.pull.head_sha = stage.run.head_repo.commit(branch="change", files={"x": "y"}).sha

    desk.post(stage, desk.report(stage))

    assert comments(stage) == []
    assert len(commit_comments(stage)) == 1


def test_a_broken_default_branch_also_gets_an_issue(github: GitHub, desk: Desk) -> None:
    stage = default_branch_failure(github)

    desk.post(stage, desk.report(stage))

    [issue] = own_issues(stage)
    assert issue.title.startswith("ci fails on main: ")
    assert issue.state == "open"
    assert len(commit_comments(stage)) == 1


def test_posting_again_edits(github: GitHub, desk: Desk) -> None:
    stage = default_branch_failure(github)

    for _ in range(3):
        desk.post(stage, desk.report(stage))

    assert len(own_issues(stage)) == len(commit_comments(stage)) == 1
    assert "Seen in" not in commit_comments(stage)[0]


def test_a_recurrence_counts_up_in_the_one_comment(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)
    desk.post(stage, desk.report(stage))

    again = next_run(stage)
    desk.post(again, desk.report(again))

    [body] = comments(stage)
    assert "Seen in 2 runs since" in body


def test_an_older_run_that_finishes_late_does_not_overwrite(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)
    newer = next_run(stage)
    desk.post(newer, desk.report(newer, "FAILED t.py::test_new - no"))

    desk.post(stage, desk.report(stage))

    [body] = comments(stage)
    assert "test_new" in body


def test_racing_jobs_end_in_one_comment_and_one_issue(github: GitHub, desk: Desk, tmp_path: Path) -> None:
    stage = default_branch_failure(github)
    path = desk.report(stage)
    desks = [Desk(tmp_path / str(n)) for n in range(6)]
    for one in desks:
        one.folder.mkdir()

    with ThreadPoolExecutor(max_workers=6) as pool:
        codes = list(pool.map(lambda one: one.post(stage, path), desks))

    assert codes == [0] * 6
    assert len(commit_comments(stage)) == 1
    assert len([i for i in own_issues(stage) if i.state == "open"]) == 1


def test_a_strangers_marker_means_nothing(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)
    desk.post(stage, desk.report(stage))
    [ours] = stage.repo.comments.values()
    ours.user.login = "mallory"

    desk.post(stage, desk.report(stage))

    assert len(comments(stage)) == 2


def test_a_green_run_closes_the_story(github: GitHub, desk: Desk) -> None:
    stage = default_branch_failure(github)
    desk.post(stage, desk.report(stage))

    desk.post(later_green(stage))

    [body] = commit_comments(stage)
    [issue] = own_issues(stage)
    assert body.startswith("### ✅ Resolved by")
    assert "~~" in body
    assert "test_scale" in body
    assert (issue.state, issue.reason) == ("closed", "completed")


def test_a_green_pull_request_is_marked_and_marked_once(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)
    desk.post(stage, desk.report(stage))
    green = later_green(stage)

    desk.post(green)
    [once] = comments(stage)
    desk.post(green)

    assert comments(stage) == [once]
    assert once.startswith("### ✅ Resolved by")


def test_an_issue_is_reopened_when_the_same_failure_returns(github: GitHub, desk: Desk) -> None:
    stage = default_branch_failure(github)
    desk.post(stage, desk.report(stage))
    desk.post(later_green(stage))

    back = next_run(stage)
    desk.post(back, desk.report(back))

    [issue] = own_issues(stage)
    assert issue.state == "open"
    assert "Seen in 2 runs" in (issue.body or "")


def test_another_failure_after_green_is_another_issue(github: GitHub, desk: Desk) -> None:
    stage = default_branch_failure(github)
    desk.post(stage, desk.report(stage))
    desk.post(later_green(stage))

    other = next_run(stage)
    desk.post(other, desk.report(other, "src/app.py:3:1: F401 'os' imported but unused"))

    assert sorted(i.state for i in own_issues(stage)) == ["closed", "open"]


def test_the_settings_of_the_default_branch_decide_who_is_told(github: GitHub, desk: Desk) -> None:
    stage = default_branch_failure(github)
    stage.repo.assignable.add("alice")
    stage.repo.commit(
        files={
            ".gatepost.yml": "routes:\n  test:\n    labels: [tests]\n    assignees: [alice, nobody]\n"
            "    mentions: ['@acme/ml']\n"
        }
    )

    desk.post(stage, desk.report(stage))

    [issue] = own_issues(stage)
    assert issue.labels == ["tests"]
    assert issue.assignees == ["alice"]
    assert "\ncc @acme/ml\n" in (issue.body or "")


def test_a_pull_request_is_labelled_and_its_workflows_kept_apart(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)
    stage.repo.commit(files={".gatepost.yml": "routes: {default: {labels: [red]}}\n"})
    desk.post(stage, desk.report(stage))
    docs = next_run(stage, workflow=Workflow(name="docs", path=".github/workflows/docs.yml"))

    desk.post(docs, desk.report(docs))

    assert stage.pull is not None
    assert stage.pull.labels == ["red"]
    assert len(comments(stage)) == 2


@pytest.mark.parametrize(
    ("setting", "commented", "issues"),
    [("comment: false", 0, 1), ("issue: false", 1, 0), ("{comment: false, issue: false}", 0, 0)],
)
def test_places_can_be_switched_off(
    github: GitHub, desk: Desk, setting: str, commented: int, issues: int
) -> None:
    stage = default_branch_failure(github)
    stage.repo.commit(files={".gatepost.yml": f"post:\n  {setting}\n"})

    assert desk.post(stage, desk.report(stage)) == 0

    assert len(commit_comments(stage)) == commented
    assert len(own_issues(stage)) == issues


def test_a_green_run_can_leave_the_issue_open(github: GitHub, desk: Desk) -> None:
    stage = default_branch_failure(github)
    stage.repo.commit(files={".gatepost.yml": "post: {close: false}\n"})
    desk.post(stage, desk.report(stage))

    desk.post(later_green(stage))

    [issue] = own_issues(stage)
    assert issue.state == "open"
    assert (issue.body or "").startswith("### ✅ Resolved by")


def test_a_mistake_in_the_settings_is_told_after_the_post(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)
    stage.repo.commit(files={".gatepost.yml": "rouets: {}\n"})

    with pytest.raises(ConfigError, match="rouets is not a setting"):
        desk.post(stage, desk.report(stage))

    assert len(comments(stage)) == 1


def test_slack_hears_of_news_only(github: GitHub, slack: Slack, desk: Desk) -> None:
    stage = pull_failure(github)

    desk.post(stage, desk.report(stage), webhook=slack.webhook)
    desk.post(stage, desk.report(stage), webhook=slack.webhook)
    desk.post(later_green(stage), webhook=slack.webhook)

    first, second = (json.dumps(m) for m in slack.messages)
    assert "test_scale" in first
    assert "#issuecomment-" in first
    assert "green again" in second


def test_a_broken_slack_does_not_keep_the_post_from_its_reader(
    github: GitHub, slack: Slack, desk: Desk
) -> None:
    slack.troubles = [(404, "no_service")]
    stage = pull_failure(github)

    assert desk.post(stage, desk.report(stage), webhook=slack.webhook) == 0
    assert len(comments(stage)) == 1


def test_a_report_about_another_run_or_repository_is_refused(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)

    for fields in ({"run_id": stage.run.id + 1}, {"repository": "evil/model"}):
        with pytest.raises(RefusedError, match="the report is about run"):
            desk.post(stage, desk.report(stage, **fields))

    assert comments(stage) == []


def test_a_token_that_may_not_write_is_one_sentence_with_the_permission(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)
    token = github.token(READS, repos=[stage.repo.full_name], name="reads only").value

    with pytest.raises(ConfigError) as caught:
        desk.post(stage, desk.report(stage), token=token)

    assert "write" in caught.value.fix


@pytest.mark.parametrize(
    ("content", "kind"),
    [(None, ConfigError), (b"", ConfigError), (b"{}", ConfigError), (b" " * 2_000_000, RefusedError)],
    ids=["missing", "empty", "shapeless", "huge"],
)
def test_what_is_no_report_is_refused(
    github: GitHub, desk: Desk, content: bytes | None, kind: type[GatepostError]
) -> None:
    stage = pull_failure(github)
    path = desk.folder / "wrong.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(kind):
        desk.post(stage, str(path))


def test_a_failed_run_without_a_report_is_not_taken_for_green(github: GitHub, desk: Desk) -> None:
    with pytest.raises(ConfigError, match="there is no report about it"):
        desk.post(pull_failure(github))


def test_a_dry_run_writes_nothing(github: GitHub, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    stage = pull_failure(github)

    desk.post(stage, desk.report(stage), "--dry-run")

    assert "test_scale" in capsys.readouterr().out
    assert comments(stage) == []


def test_a_post_remembers_what_the_next_run_needs(github: GitHub, desk: Desk) -> None:
    stage = pull_failure(github)

    desk.post(stage, desk.report(stage))

    known = marker.read(comments(stage)[0])
    assert known is not None
    assert known.run_id == stage.run.id
    assert len(known.fingerprints) == 1
    assert known.seen[known.fingerprints[0]].count == 1


def next_run(stage: Stage, **facts: object) -> Stage:
    """Let the same workflow fail again on the same commit, or the one that `facts` name."""
    run = stage.repo.add_run(
        **facts,
        jobs=[],
        event=stage.run.event,
        head_branch=stage.run.head_branch,
        head_repo=stage.run.head_repo,
        head_sha=stage.run.head_sha,
        pulls=list(stage.run.pulls),
    )
    return Stage(github=stage.github, repo=stage.repo, run=run, pull=stage.pull)
