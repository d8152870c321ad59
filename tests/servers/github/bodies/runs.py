"""Workflows, runs, jobs, artifacts and checks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.servers.github.bodies import Urls, node_id, stamp
from tests.servers.github.bodies.code import repository, simple_commit, user
from tests.servers.github.state import Annotation, Artifact, Job, Repo, Run, Workflow, now

_DAYS_KEPT = 90


def workflow(known: Workflow, repo: Repo, at: Urls) -> dict[str, Any]:
    html = f"{at.web}/{repo.full_name}"
    return {
        "id": known.id,
        "node_id": node_id("Workflow", known.id),
        "name": known.name,
        "path": known.path,
        "state": "active",
        "created_at": stamp(now()),
        "updated_at": stamp(now()),
        "url": f"{at.api}/repos/{repo.full_name}/actions/workflows/{known.id}",
        "html_url": f"{html}/blob/{repo.default_branch}/{known.path}",
        "badge_url": f"{html}/workflows/{known.name}/badge.svg",
    }


def run(known: Run, repo: Repo, at: Urls, *, attempt: int = 0) -> dict[str, Any]:
    attempt = attempt or known.attempt
    url = f"{at.api}/repos/{repo.full_name}/actions/runs/{known.id}"
    head = repo.find_commit(known.head_sha)
    verbs = ("jobs", "logs", "artifacts", "cancel", "rerun")
    return {
        "id": known.id,
        "name": known.workflow.name,
        "node_id": node_id("WorkflowRun", known.id),
        "head_branch": known.head_branch,
        "head_sha": known.head_sha,
        "path": known.workflow.path,
        "display_title": known.title or (head.message.split("\n")[0] if head else ""),
        "run_number": known.number,
        "run_attempt": attempt,
        "event": known.event,
        "status": known.status,
        "conclusion": known.conclusion if attempt == known.attempt else "failure",
        "workflow_id": known.workflow.id,
        "check_suite_id": known.id,
        "check_suite_node_id": node_id("CheckSuite", known.id),
        "url": url,
        "html_url": f"{at.web}/{repo.full_name}/actions/runs/{known.id}",
        "pull_requests": [pull_minimal(number, repo, at) for number in known.pulls],
        "created_at": stamp(known.at),
        "updated_at": stamp(known.at + timedelta(minutes=5)),
        "run_started_at": stamp(known.at),
        "actor": user(known.actor, at),
        "triggering_actor": user(known.actor, at),
        **{f"{verb}_url": f"{url}/{verb}" for verb in verbs},
        "check_suite_url": f"{at.api}/repos/{repo.full_name}/check-suites/{known.id}",
        "workflow_url": f"{at.api}/repos/{repo.full_name}/actions/workflows/{known.workflow.id}",
        "previous_attempt_url": f"{url}/attempts/{attempt - 1}" if attempt > 1 else None,
        "head_commit": simple_commit(head) if head else None,
        "repository": repository(repo, at),
        "head_repository": repository(known.head_repo, at),
        "referenced_workflows": [],
    }


def pull_minimal(number: int, repo: Repo, at: Urls) -> dict[str, Any]:
    issue = repo.issues[number]
    assert issue.pull is not None

    def end(ref: str, sha: str, of: Repo) -> dict[str, Any]:
        url = f"{at.api}/repos/{of.full_name}"
        return {"ref": ref, "sha": sha, "repo": {"id": of.id, "url": url, "name": of.name}}

    return {
        "id": issue.id,
        "number": number,
        "url": f"{at.api}/repos/{repo.full_name}/pulls/{number}",
        "head": end(issue.pull.head_branch, issue.pull.head_sha, issue.pull.head_repo),
        "base": end(issue.pull.base_branch, issue.pull.base_sha, repo),
    }


def job(known: Job, of: Run, repo: Repo, at: Urls) -> dict[str, Any]:
    url = f"{at.api}/repos/{repo.full_name}"
    ended = known.conclusion is not None
    return {
        "id": known.id,
        "run_id": of.id,
        "run_url": f"{url}/actions/runs/{of.id}",
        "run_attempt": known.attempt,
        "node_id": node_id("CheckRun", known.id),
        "head_sha": of.head_sha,
        "head_branch": of.head_branch,
        "workflow_name": of.workflow.name,
        "name": known.name,
        "url": f"{url}/actions/jobs/{known.id}",
        "html_url": f"{at.web}/{repo.full_name}/actions/runs/{of.id}/job/{known.id}",
        "status": "completed" if ended else "in_progress",
        "conclusion": known.conclusion,
        "created_at": stamp(known.started),
        "started_at": stamp(known.started),
        "completed_at": stamp(known.completed),
        "check_run_url": f"{url}/check-runs/{known.id}",
        "labels": ["ubuntu-latest"],
        "runner_id": 1,
        "runner_name": known.runner,
        "runner_group_id": 2,
        "runner_group_name": "GitHub Actions",
        "steps": [
            {
                "name": name,
                "status": "completed",
                "conclusion": conclusion,
                "number": number,
                "started_at": stamp(known.started),
                "completed_at": stamp(known.completed),
            }
            for number, (name, conclusion) in enumerate(known.steps, start=1)
        ],
    }


def artifact(known: Artifact, of: Run, repo: Repo, at: Urls) -> dict[str, Any]:
    url = f"{at.api}/repos/{repo.full_name}/actions/artifacts/{known.id}"
    return {
        "id": known.id,
        "node_id": node_id("Artifact", known.id),
        "name": known.name,
        "size_in_bytes": len(known.data),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": known.expired,
        "created_at": stamp(of.at),
        "updated_at": stamp(of.at),
        "expires_at": stamp(of.at + timedelta(days=_DAYS_KEPT)),
        "workflow_run": {
            "id": of.id,
            "repository_id": repo.id,
            "head_repository_id": of.head_repo.id,
            "head_branch": of.head_branch,
            "head_sha": of.head_sha,
        },
    }


def check_run(known: Job, of: Run, repo: Repo, at: Urls) -> dict[str, Any]:
    url = f"{at.api}/repos/{repo.full_name}/check-runs/{known.id}"
    html = f"{at.web}/{repo.full_name}/actions/runs/{of.id}/job/{known.id}"
    return {
        "id": known.id,
        "head_sha": of.head_sha,
        "node_id": node_id("CheckRun", known.id),
        "external_id": str(known.id),
        "url": url,
        "html_url": html,
        "details_url": html,
        "status": "completed" if known.conclusion is not None else "in_progress",
        "conclusion": known.conclusion,
        "started_at": stamp(known.started),
        "completed_at": stamp(known.completed),
        "name": known.name,
        "check_suite": {"id": of.id},
        "app": None,
        "pull_requests": [pull_minimal(number, repo, at) for number in of.pulls],
        "output": {
            "title": None,
            "summary": None,
            "text": None,
            "annotations_count": len(known.annotations),
            "annotations_url": f"{url}/annotations",
        },
    }


def annotation(known: Annotation, of: Run, repo: Repo, at: Urls) -> dict[str, Any]:
    return {
        "path": known.path,
        "blob_href": f"{at.web}/{repo.full_name}/blob/{of.head_sha}/{known.path}",
        "start_line": known.line,
        "end_line": known.line,
        "start_column": None,
        "end_column": None,
        "annotation_level": known.level,
        "title": known.title,
        "message": known.message,
        "raw_details": None,
    }
