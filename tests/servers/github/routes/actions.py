"""Runs, jobs, logs, artifacts, workflows and dispatches."""

from __future__ import annotations

import io
import zipfile

from tests.servers.github.bodies import runs
from tests.servers.github.calls import Call, Refusal, route
from tests.servers.github.state import Job, Run, Workflow
from tests.servers.http import Reply

_READ = "actions: read"


def _run(call: Call) -> Run:
    found = call.repo.runs.get(int(call.values["run_id"]))
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def _attempt(call: Call, known: Run) -> int:
    number = int(call.values["attempt_number"])
    if number not in known.attempts:
        raise Refusal(404, "Not Found")
    return number


def _job(call: Call, name: str = "job_id") -> tuple[Job, Run]:
    for known in call.repo.runs.values():
        for jobs in known.attempts.values():
            for job in jobs:
                if job.id == int(call.values[name]):
                    return job, known
    raise Refusal(404, "Not Found")


def _workflow(call: Call) -> Workflow:
    wanted = call.values["workflow_id"]
    for known in call.repo.workflows:
        if wanted in (str(known.id), known.path.rpartition("/")[2]):
            return known
    raise Refusal(404, "Not Found")


@route("GET", "/actions/runs/{run_id}", _READ)
def get_run(call: Call) -> Reply:
    return Reply(body=runs.run(_run(call), call.repo, call.at))


@route("GET", "/actions/runs/{run_id}/attempts/{attempt_number}", _READ)
def get_attempt(call: Call) -> Reply:
    known = _run(call)
    return Reply(body=runs.run(known, call.repo, call.at, attempt=_attempt(call, known)))


@route("GET", "/actions/runs/{run_id}/jobs", _READ)
def list_jobs(call: Call) -> Reply:
    known = _run(call)
    attempts = known.attempts if call.request.query.get("filter") == "all" else [known.attempt]
    jobs = [runs.job(job, known, call.repo, call.at) for n in attempts for job in known.attempts[n]]
    return call.page(jobs, key="jobs")


@route("GET", "/actions/runs/{run_id}/attempts/{attempt_number}/jobs", _READ)
def list_jobs_of_attempt(call: Call) -> Reply:
    known = _run(call)
    jobs = known.attempts[_attempt(call, known)]
    return call.page([runs.job(job, known, call.repo, call.at) for job in jobs], key="jobs")


@route("GET", "/actions/jobs/{job_id}", _READ)
def get_job(call: Call) -> Reply:
    job, known = _job(call)
    return Reply(body=runs.job(job, known, call.repo, call.at))


@route("GET", "/actions/jobs/{job_id}/logs", _READ)
def get_log(call: Call) -> Reply:
    job, _ = _job(call)
    if job.log is None:
        raise Refusal(job.log_status, "Server Error" if job.log_status == 410 else "Not Found")
    link = call.server.storage.link(job.log, kind="text/plain; charset=utf-8", cut=job.log_cut)
    return Reply(status=302, headers={"Location": link})


@route("GET", "/actions/runs/{run_id}/logs", _READ)
def get_run_logs(call: Call) -> Reply:
    known = _run(call)
    return _zipped_logs(call, known.attempts[known.attempt])


@route("GET", "/actions/runs/{run_id}/attempts/{attempt_number}/logs", _READ)
def get_attempt_logs(call: Call) -> Reply:
    known = _run(call)
    return _zipped_logs(call, known.attempts[_attempt(call, known)])


def _zipped_logs(call: Call, jobs: list[Job]) -> Reply:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for order, job in enumerate(jobs):
            archive.writestr(f"{order}_{job.name.replace('/', '')[:90]}.txt", job.log or b"")
    link = call.server.storage.link(packed.getvalue(), kind="application/zip")
    return Reply(status=302, headers={"Location": link})


@route("GET", "/actions/runs/{run_id}/artifacts", _READ)
def list_artifacts(call: Call) -> Reply:
    known = _run(call)
    wanted = call.request.query.get("name")
    found = [a for a in known.artifacts if wanted in (None, a.name)]
    return call.page([runs.artifact(a, known, call.repo, call.at) for a in found], key="artifacts")


@route("GET", "/actions/artifacts/{artifact_id}/{archive_format}", _READ)
def download_artifact(call: Call) -> Reply:
    wanted = int(call.values["artifact_id"])
    found = next((a for r in call.repo.runs.values() for a in r.artifacts if a.id == wanted), None)
    if found is None or call.values["archive_format"] != "zip":
        raise Refusal(404, "Not Found")
    if found.expired:
        raise Refusal(410, "Artifact has expired")
    return Reply(
        status=302, headers={"Location": call.server.storage.link(found.data, kind="application/zip")}
    )


@route("GET", "/actions/runs", _READ)
def list_runs(call: Call) -> Reply:
    return _list(call, None)


@route("GET", "/actions/workflows/{workflow_id}/runs", _READ)
def list_runs_of_workflow(call: Call) -> Reply:
    return _list(call, _workflow(call))


def _list(call: Call, workflow: Workflow | None) -> Reply:
    query = call.request.query
    found = [
        r
        for r in call.repo.runs.values()
        if (workflow is None or r.workflow is workflow)
        and query.get("branch") in (None, r.head_branch)
        and query.get("event") in (None, r.event)
        and query.get("head_sha") in (None, r.head_sha)
        and query.get("status") in (None, r.status, r.conclusion)
        and query.get("actor") in (None, r.actor.login)
        and not (query.get("exclude_pull_requests") == "true" and r.pulls)
    ]
    found.sort(key=lambda r: (r.at, r.id), reverse=True)
    return call.page([runs.run(r, call.repo, call.at) for r in found], key="workflow_runs")


@route("GET", "/actions/workflows", _READ)
def list_workflows(call: Call) -> Reply:
    return call.page([runs.workflow(w, call.repo, call.at) for w in call.repo.workflows], key="workflows")


@route("GET", "/actions/workflows/{workflow_id}", _READ)
def get_workflow(call: Call) -> Reply:
    return Reply(body=runs.workflow(_workflow(call), call.repo, call.at))


@route("POST", "/actions/workflows/{workflow_id}/dispatches", "actions: write")
def dispatch_workflow(call: Call) -> Reply:
    known = _workflow(call)
    inputs = call.body.get("inputs", {})
    if len(inputs) > 25 or sum(len(k) + len(str(v)) for k, v in inputs.items()) > 65_535:
        raise Refusal(422, "Validation Failed: inputs are too large")
    if call.repo.find_commit(call.body["ref"]) is None:
        raise Refusal(422, f"No ref found for: {call.body['ref']}")
    call.repo.dispatches.append({"workflow": known.path, **call.body})
    if not call.body.get("return_run_details"):
        return Reply(status=204)
    made = call.repo.add_run(
        jobs=[], workflow=known, event="workflow_dispatch", status="queued", conclusion=None
    )
    url = f"{call.at.api}/repos/{call.repo.full_name}/actions/runs/{made.id}"
    html = f"{call.at.web}/{call.repo.full_name}/actions/runs/{made.id}"
    return Reply(body={"workflow_run_id": made.id, "run_url": url, "html_url": html})


@route("POST", "/dispatches", "contents: write")
def dispatch_repository(call: Call) -> Reply:
    if len(call.body.get("client_payload", {})) > 10 or len(call.request.body) > 64 * 1024:
        raise Refusal(422, "Validation Failed: client_payload is too large")
    call.repo.dispatches.append(call.body)
    return Reply(status=204)
