"""Runs of any size, and logs in any state: one post, and a sentence on what could not be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests import scenarios
from tests.scenarios import PYTEST_LOG, READS, Stage
from tests.servers.github import GitHub, Job

POSTS = {"actions": "read", "contents": "write", "issues": "write", "pull-requests": "write"}


def told(github: GitHub, stage: Stage, folder: Path) -> str:
    """Run the commands of both jobs, each with the token of its job; return the one post they leave."""
    (folder / "event.json").write_text(json.dumps(stage.event))
    report = folder / "report.json"
    _verb(github, stage, folder, "triage", "--report", str(report), permissions=READS)
    _verb(github, stage, folder, "post", str(report), permissions=POSTS)
    [comment] = stage.repo.comments.values()
    assert not github.refusals
    return comment.body


def _verb(github: GitHub, stage: Stage, folder: Path, *argv: str, permissions: Mapping[str, str]) -> None:
    token = github.token(dict(permissions), repos=[stage.repo.full_name], name=argv[0])
    env = {
        "PATH": os.environ["PATH"], "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": stage.repo.full_name,
        "GITHUB_EVENT_PATH": str(folder / "event.json"), "GITHUB_API_URL": github.url,
        "GITHUB_OUTPUT": str(folder / "output.txt"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GATEPOST_GITHUB_TOKEN": token.value,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "gatepost.cli", *argv],
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_run_of_256_jobs_makes_one_post(github, tmp_path):
    stage = scenarios.pull_failure(github, logs={f"test ({n})": PYTEST_LOG for n in range(256)})

    body = told(github, stage, tmp_path)

    assert len(github.asked("GET", "/logs")) >= 256
    assert "256" in body
    assert body.count("assert 5 == 6") < 20
    assert len(body.encode()) < 65_536


def test_256_jobs_that_failed_for_reasons_of_their_own_make_one_post(github, tmp_path):
    logs = {f"test ({n})": PYTEST_LOG.replace("test_scale", f"test_{n:04}_{'x' * n}") for n in range(256)}
    stage = scenarios.pull_failure(github, logs=logs)

    body = told(github, stage, tmp_path)

    assert len(body.encode()) < 65_536
    assert "test_0000_" in body


@pytest.mark.parametrize("status", [404, 410])
def test_an_expired_log_is_said_and_the_others_are_explained(github, tmp_path, status):
    stage = scenarios.pull_failure(github, logs={"gone": None, "test": PYTEST_LOG})
    stage.run.attempts[1][0].log_status = status

    body = told(github, stage, tmp_path)

    assert "assert 5 == 6" in body
    assert "log:gone" in body
    assert "cannot be read" in body


def test_with_every_log_gone_there_is_still_a_post(github, tmp_path):
    stage = scenarios.pull_failure(github, logs={"test": None})

    body = told(github, stage, tmp_path)

    assert "Run pytest" in body, "the failed step is known without its log"
    assert "re-run" in body


def test_an_empty_log_is_said(github, tmp_path):
    stage = scenarios.pull_failure(github, logs={"test": ""})

    assert "empty" in told(github, stage, tmp_path)


def test_a_log_that_breaks_off_is_said_and_its_beginning_used(github, tmp_path):
    stage = scenarios.pull_failure(github, logs={"test": PYTEST_LOG + "x" * 4_000_000, "other": PYTEST_LOG})
    stage.run.attempts[1][0].log_cut = 300_000

    body = told(github, stage, tmp_path)

    assert "assert 5 == 6" in body
    assert "log:test" in body
    assert "broke off" in body


def test_a_cancelled_job_is_not_taken_for_the_failure(github, tmp_path):
    stage = scenarios.pull_failure(github)
    log = "2026-11-20T10:00:00.0000000Z ##[error]The operation was canceled.\n"
    stage.run.attempts[1].append(Job(name="slow", conclusion="cancelled", log=log.encode(), attempt=1))

    body = told(github, stage, tmp_path)

    assert "assert 5 == 6" in body
    assert body.index("assert 5 == 6") < (body.find("slow") if "slow" in body else len(body))


def test_a_binary_log_is_said(github, tmp_path):
    stage = scenarios.pull_failure(github, logs={"test": bytes(range(256)) * 400, "other": PYTEST_LOG})

    body = told(github, stage, tmp_path)

    assert "assert 5 == 6" in body
    assert "log:test" in body
    assert "binary data, not text" in body
    assert "\x00" not in body
