"""The report of a delivery, from the files the gates' jobs leave behind; posted to a local GitHub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gatepost.model import Finding, Level, Verdict
from tests.e2e.acting import acting
from tests.servers.github import GitHub

REPOSITORY = "acme/churn"
LINKS = f"https://github.com/{REPOSITORY}/"
ALL = ("check", "scan", "train", "image", "handoff")


def verdict(folder: Path, gate: str, *findings: Finding, facts: dict[str, str] | None = None) -> None:
    """Write a verdict as the gate's own verb does, into an artifact of its own."""
    from gatepost.flows._verdict import as_json

    made = as_json(Verdict(gate=gate, findings=findings, facts=tuple((facts or {}).items())))
    file = folder / f"gatepost-verdict-{gate}" / f"{gate}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(made))


def validation(folder: Path, **more: Any) -> None:
    history = [{"version": str(n), "metrics": {"accuracy": 0.8 + n / 100, "f1": 0.7}} for n in (1, 2, 3)]
    document = {
        "model": "churn", "version": "3", "champion": "2", "history": history,
        "thresholds": {"accuracy": {"least": 0.8, "most": None}},
        "decision": {"promote": True, "reason": "better by 1 point, p = 0.01"}, **more,
    }  # fmt: skip
    file = folder / "gatepost-validation" / "validation.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document))


def good(folder: Path) -> None:
    for gate in ("check", "scan", "train", "validate"):
        verdict(
            folder, gate, facts={"model version": "3", "model size": "0.11 MiB"} if gate == "train" else {}
        )
    validation(folder)


def report(
    folder: Path, *, event: dict[str, Any] | None = None, env: dict[str, str] | None = None
) -> tuple[int, str]:
    """Run the verb as a step would; return its exit code and what it said, with the summary."""
    (folder / "event.json").write_text(json.dumps(event or {}))
    summary = folder / "summary.md"
    summary.unlink(missing_ok=True)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GATEPOST_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "gatepost.cli", "report", str(folder)],
        env={
            **kept,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": "7",
            "GITHUB_SHA": "c" * 40,
            "GITHUB_WORKFLOW": "deliver",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(summary),
            **(env or {}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    written = summary.read_text() if summary.exists() else ""
    return done.returncode, done.stdout + done.stderr + written


def needs(**results: str) -> str:
    return json.dumps({job: {"result": results.get(job, "success"), "outputs": {}} for job in ALL})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "verdicts"
    made.mkdir()
    return made


def test_a_good_delivery_shows_metrics_chart_size_and_target(folder):
    good(folder)
    plan = {
        "GATEPOST_IMAGE": "ghcr.io/acme/churn",
        "GATEPOST_MANIFESTS": "acme/infra",
        "GATEPOST_ENVIRONMENT": "staging",
    }

    code, said = report(folder, env=plan)

    assert code == 0
    assert "Every gate that was asked passed" in said
    assert "| accuracy | 0.8300 | 0.8200 | +0.0100 | ≥ 0.8 |" in said.replace("\\", "")
    assert "bar [0.8100, 0.8200, 0.8300]" in said
    assert "model 0.11 MiB" in said
    assert "| manifests | `acme/infra` |" in said


def test_the_first_gate_that_stopped_leads_and_its_findings_are_open(folder):
    finding = Finding(
        rule="bandit/B608", level=Level.ERROR, message="SQL from values", path="churn/db.py", line=9
    )
    verdict(folder, "check")
    verdict(folder, "scan", finding)

    _, said = report(folder, env={"GATEPOST_NEEDS": needs(scan="failure", train="skipped", image="skipped")})

    assert said.startswith("### ❌ Delivery stopped by scan")
    assert "SQL from values" in said
    assert "| train | ➖ not reached |" in said


def test_a_version_that_is_not_decided_on_is_told_as_such(folder):
    good(folder)
    verdict(folder, "validate", facts={"promote": "no", "reason": "no better than version 2"})

    _, said = report(
        folder,
        env={
            "GATEPOST_IMAGE": "ghcr.io/acme/churn",
            "GATEPOST_NEEDS": needs(image="skipped", handoff="skipped"),
        },
    )

    assert "### ✅ Every gate passed, and the champion stays" in said
    assert "would be deployed" not in said
    assert "| image | ➖ not asked |" in said


def test_a_delivery_that_never_began_is_not_called_good(folder):
    _, said = report(folder, env={"GATEPOST_NEEDS": needs(**dict.fromkeys(ALL, "skipped"))})

    assert "### ➖ Delivery did not begin" in said


def test_a_cancelled_delivery_is_not_called_good(folder):
    verdict(folder, "check")

    _, said = report(folder, env={"GATEPOST_NEEDS": needs(scan="cancelled", train="skipped")})

    assert "### ⚠️ Delivery cancelled" in said


def test_a_job_that_failed_without_a_verdict_is_not_taken_for_passed(folder):
    verdict(folder, "check")

    _, said = report(folder, env={"GATEPOST_NEEDS": needs(scan="failure", train="skipped")})

    assert "### ❌ Delivery stopped by scan" in said
    assert "| scan | ❌ could not decide | no verdict; the log of its job says why |" in said


def test_the_second_gate_of_a_job_that_failed_is_the_one_without_a_verdict(folder):
    for gate in ("check", "scan", "train"):
        verdict(folder, gate)

    _, said = report(folder, env={"GATEPOST_NEEDS": needs(train="failure", image="skipped")})

    assert "### ❌ Delivery stopped by validate" in said
    assert "| train | ✅ passed |" in said


def test_a_job_that_failed_behind_its_gates_is_said(folder):
    good(folder)

    _, said = report(
        folder, env={"GATEPOST_NEEDS": needs(train="failure", image="skipped", handoff="skipped")}
    )

    assert "The job train failed although its gates passed" in said


def test_a_verdict_that_claims_to_have_passed_is_judged_by_its_findings(folder):
    verdict(folder, "scan", Finding(rule="a/b", level=Level.ERROR, message="bad"))
    file = folder / "gatepost-verdict-scan" / "scan.json"
    file.write_text(file.read_text().replace('"passed": false', '"passed": true'))

    assert "### ❌ Delivery stopped by scan" in report(folder)[1]


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{",
        '{"gate": "check"}',
        '{"gate": "scan", "findings": [{"rule": 1}]}',
        '{"gate": "' + "x" * 5_000_000 + '"}',
    ],
    ids=["a list", "no JSON", "another gate's", "another shape", "too large"],
)
def test_a_verdict_that_is_not_ours_stops_and_is_told(folder, content):
    verdict(folder, "scan")
    (folder / "gatepost-verdict-scan" / "scan.json").write_text(content)

    code, said = report(folder)

    assert code == 0
    assert "| scan | ❌ could not decide | its verdict cannot be read" in said
    assert len(said) < 10_000


def test_two_verdicts_of_one_gate_are_not_chosen_from(folder):
    verdict(folder, "scan")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "scan.json").write_text(
        (folder / "gatepost-verdict-scan" / "scan.json").read_text()
    )

    assert "there are 2 files scan.json" in report(folder)[1].replace("\\", "")


def test_a_validation_that_is_not_ours_costs_the_numbers_not_the_report(folder):
    good(folder)
    validation(folder, history="none")

    code, said = report(folder)

    assert code == 0
    assert "The validation is not shown" in said
    assert "Every gate that was asked passed" in said


def test_what_repositories_write_cannot_act(folder):
    hostile = (
        "@everyone ![x](https://evil.example/p) <img src=x> [here](https://evil.example) closes #1 ::error::x"
    )
    finding = Finding(
        rule="a/b", level=Level.ERROR, message=hostile, path="](https://evil.example)/x.py", line=1
    )
    for gate in ("check", "scan"):
        verdict(folder, gate, finding, facts={hostile: hostile, "tests": hostile})
    validation(folder, decision={"reason": hostile}, thresholds={hostile[:200]: {"least": 1}})

    _, said = report(folder, env={"GATEPOST_IMAGE": hostile})

    assert acting(said, links=LINKS) == []


def test_a_secret_in_a_finding_is_not_posted(folder):
    token = "ghp_" + "Zq9Xw7Kj" * 4 + "abcd"
    verdict(
        folder, "scan", Finding(rule="a/b", level=Level.ERROR, message=f"found {token} in notebook.ipynb")
    )

    assert token not in report(folder)[1]


def test_needs_that_are_no_context_say_what_to_pass(folder):
    code, said = report(folder, env={"GATEPOST_NEEDS": '{"check": "fine"}'})

    assert code == 2
    assert "toJSON(needs)" in said


# On GitHub


def step(github: GitHub, **permissions: str) -> dict[str, str]:
    token = github.token(permissions, repos=[REPOSITORY], name="report")
    return {"GITHUB_ACTIONS": "true", "GITHUB_API_URL": github.url, "GATEPOST_GITHUB_TOKEN": token.value}


def pull_event(github: GitHub) -> dict[str, Any]:
    pull = github.repo(REPOSITORY).add_pull(branch="change", files={"a.txt": "b"})
    return {"pull_request": {"number": pull.number, "head": {"sha": "d" * 40}}}


def test_a_pull_request_has_one_comment_however_often_it_runs(folder, github):
    event = pull_event(github)
    env = step(github, contents="read", **{"pull-requests": "write"})
    good(folder)
    report(folder, event=event, env=env)
    verdict(folder, "scan", Finding(rule="a/b", level=Level.ERROR, message="bad"))

    code, said = report(folder, event=event, env={**env, "GITHUB_RUN_ID": "8"})

    [comment] = github.repo(REPOSITORY).comments.values()
    assert code == 0
    assert comment.edits == 1
    assert "Delivery stopped by scan" in comment.body
    assert "dddddd" in comment.body, "the commit people pushed, not the merge"
    assert "A pull request pushes" not in comment.body
    assert not github.refusals
    assert "### ❌ Delivery stopped by scan" in said


def test_an_older_run_that_ends_later_does_not_overwrite_a_newer_one(folder, github):
    event = pull_event(github)
    env = step(github, contents="read", **{"pull-requests": "write"})
    good(folder)
    report(folder, event=event, env={**env, "GITHUB_RUN_ID": "8"})
    verdict(folder, "scan", Finding(rule="a/b", level=Level.ERROR, message="bad"))

    report(folder, event=event, env={**env, "GITHUB_RUN_ID": "7"})

    [comment] = github.repo(REPOSITORY).comments.values()
    assert "Ready to deliver" in comment.body


def test_a_good_push_is_told_in_the_summary_only(folder, github):
    good(folder)

    code, said = report(folder, env=step(github, contents="read"))

    assert code == 0
    assert "### ✅ Every gate that was asked passed" in said
    assert not github.repo(REPOSITORY).commit_comments


def test_a_push_that_a_gate_stopped_carries_one_comment_on_its_commit(folder, github):
    repo = github.repo(REPOSITORY)
    sha = repo.commit(files={"a.txt": "b"}).sha
    verdict(folder, "check", Finding(rule="a/b", level=Level.ERROR, message="bad"))

    report(folder, env={**step(github, contents="read"), "GITHUB_SHA": sha})

    [comment] = repo.commit_comments.values()
    assert comment.sha == sha
    assert "Delivery stopped by check" in comment.body
    assert not github.refusals


def test_a_fork_without_write_permission_gets_its_report_in_the_summary(folder, github):
    good(folder)

    code, said = report(folder, event=pull_event(github), env=step(github, contents="read"))

    assert code == 0
    assert "Ready to deliver" in said
    assert "could not be commented on" in said
