"""The workflow, the action and the reusable workflow really run; what they leave behind is looked at."""

from __future__ import annotations

import pytest
import yaml

from tests import scenarios
from tests.e2e.acting import acting
from tests.e2e.bench import ROOT, Bench
from tests.scenarios import Stage
from tests.servers.gemini import Mood

OWN = ROOT / ".github" / "workflows" / "triage.yml"
SINGLE = ROOT / "docs" / "examples" / "triage-single-job.yml"
CALLER = ROOT / "docs" / "examples" / "triage.yml"
BOTH = {"explain": "success", "post": "success"}


def run(bench: Bench, stage: Stage, workflow=OWN) -> dict[str, str]:
    outcome = bench.run(workflow, event=stage.event, repository=stage.repo.full_name)
    assert not bench.github.refusals, outcome.log
    assert set(outcome.jobs.values()) <= {"success"}, outcome.log
    return dict(outcome.jobs)


def test_a_failed_pull_request_gets_one_comment(bench):
    stage = scenarios.pull_failure(bench.github, name="acme/gatepost")

    jobs = run(bench, stage)

    [comment] = stage.repo.comments.values()
    assert jobs == BOTH
    assert comment.number == stage.pull.number
    assert "assert 5 == 6" in comment.body
    assert "tests/test_model.py" in comment.body
    assert len(bench.gemini.prompts) == 1
    assert len(bench.slack.messages) == 1
    assert bench.github.at.web in str(bench.slack.messages[0])


def test_a_re_run_edits_and_a_green_run_resolves(bench):
    stage = scenarios.pull_failure(bench.github, name="acme/gatepost")
    run(bench, stage)

    stage.repo.add_attempt(
        stage.run, jobs=scenarios.failed_jobs({"test": scenarios.PYTEST_LOG}), conclusion="failure"
    )
    run(bench, stage)
    [comment] = stage.repo.comments.values()
    failed = comment.body
    green = run(bench, scenarios.later_green(stage))

    assert list(stage.repo.comments.values()) == [comment]
    assert comment.edits >= 2
    assert green == {"post": "success"}
    assert comment.body != failed
    assert "resolved" in comment.body.lower()
    assert len(bench.gemini.prompts) == 1, "the same failure is not paid for twice"


def test_a_broken_default_branch_opens_an_issue_that_green_closes(bench):
    stage = scenarios.default_branch_failure(bench.github, name="acme/gatepost")

    run(bench, stage)
    [issue] = stage.repo.issues.values()
    opened = issue.state
    run(bench, scenarios.later_green(stage))

    assert (opened, issue.state) == ("open", "closed")
    assert "assert 5 == 6" in (issue.body or "")


def test_a_fork_gets_its_comment_too(bench):
    stage = scenarios.pull_failure(bench.github, name="acme/gatepost", fork=True)
    assert stage.event["workflow_run"]["pull_requests"] == []

    run(bench, stage)

    assert [c.number for c in stage.repo.comments.values()] == [stage.pull.number]


def test_a_branch_without_a_pull_request_gets_a_comment_on_the_commit(bench):
    stage = scenarios.branch_failure(bench.github, name="acme/gatepost")

    run(bench, stage)

    assert [c.sha for c in stage.repo.commit_comments.values()] == [stage.run.head_sha]


def test_another_repository_needs_ten_lines(bench):
    lines = [line for line in CALLER.read_text("utf-8").splitlines() if not line.startswith("#")]
    stage = scenarios.pull_failure(bench.github, name="other/model")

    jobs = run(bench, stage, CALLER)

    assert len(lines) <= 10
    assert jobs == BOTH
    assert [c.number for c in stage.repo.comments.values()] == [stage.pull.number]


def test_the_action_alone_explains_and_posts_in_one_job(bench):
    stage = scenarios.pull_failure(bench.github)

    jobs = run(bench, stage, SINGLE)
    run(bench, scenarios.later_green(stage), SINGLE)

    [comment] = stage.repo.comments.values()
    assert jobs == {"triage": "success"}
    assert "resolved" in comment.body.lower()


@pytest.mark.parametrize("mood", [Mood.HOSTILE, Mood.QUOTA, Mood.NOT_JSON, Mood.REFUSED])
def test_whatever_the_model_does_the_job_is_green_and_the_evidence_posted(bench, mood):
    bench.gemini.mood = mood
    bench.gemini.retry_after_s = 600
    stage = scenarios.pull_failure(bench.github, name="acme/gatepost")

    run(bench, stage)

    [comment] = stage.repo.comments.values()
    assert "assert 5 == 6" in comment.body
    assert acting(comment.body, links="https://github.com/acme/gatepost/") == []
    assert bench.gemini.key not in comment.body + str(bench.slack.messages)
    assert "evil.example" not in str(bench.slack.messages)


def test_a_model_that_never_answers_costs_the_deadline_and_no_more(bench):
    bench.gemini.mood = Mood.SLOW
    stage = scenarios.pull_failure(bench.github, name="acme/gatepost")
    stage.repo.commit(files={".gatepost.yml": "model:\n  deadline_s: 2\n"})

    run(bench, stage)

    [comment] = stage.repo.comments.values()
    assert "assert 5 == 6" in comment.body
    assert "without a model" in comment.body.lower()


def test_without_a_key_the_rules_answer(bench):
    stage = scenarios.pull_failure(bench.github, name="acme/gatepost")

    outcome = bench.run(OWN, event=stage.event, repository="acme/gatepost", secrets={})

    [comment] = stage.repo.comments.values()
    assert outcome.jobs == BOTH
    assert "without a model" in comment.body
    assert bench.gemini.exchanges == []
    assert bench.slack.exchanges == []


def test_the_job_that_asks_cannot_write_and_the_job_that_writes_cannot_ask():
    jobs = yaml.safe_load(OWN.read_text("utf-8"))["jobs"]

    assert set(jobs["explain"]["permissions"].values()) == {"read"}
    assert "GEMINI" not in str(jobs["post"])
    assert not [s for j in jobs.values() for s in j["steps"] if "checkout" in s.get("uses", "")]


def test_a_stand_in_refuses_an_input_that_the_real_action_does_not_declare(bench):
    path = bench.copy / "actions" / "triage" / "action.yml"
    path.write_text(
        path.read_text("utf-8").replace("enable-cache:", "enable-caching: true\n        enable-cache:")
    )
    stage = scenarios.pull_failure(bench.github)

    outcome = bench.run(SINGLE, event=stage.event, repository="acme/model")

    assert outcome.jobs == {"triage": "failure"}
    assert "Unexpected input(s) 'enable-caching'" in outcome.log
